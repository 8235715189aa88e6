import { useEffect, useRef } from 'preact/hooks';

const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'];

interface Props {
  name: string;
  label: (digit: string) => string;
  press: (digit: string) => void;
  /** Test hooks are this and the digit. */
  hook?: string;
  disabled?: boolean;
  /** Take the focus on coming. */
  focus?: boolean;
}

/** The twelve keys of a telephone; with the focus inside, those of the keyboard too. */
export function Keypad({ name, label, press, hook = 'key', disabled = false, focus = true }: Props) {
  const first = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (focus) first.current?.focus();
  }, [focus]);
  const typed = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || disabled) return;
    if (KEYS.includes(event.key)) press(event.key);
  };
  return (
    <fieldset class="keypad" onKeyDown={typed}>
      <legend class="sr">{name}</legend>
      {KEYS.map((digit, index) => (
        <button
          key={digit}
          ref={index === 0 ? first : null}
          type="button"
          aria-label={label(digit)}
          disabled={disabled}
          onClick={() => press(digit)}
          data-testid={`${hook}-${digit}`}
        >
          {digit}
        </button>
      ))}
    </fieldset>
  );
}
