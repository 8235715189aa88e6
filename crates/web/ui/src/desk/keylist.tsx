import { type Signal, useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { t } from '../i18n';
import { ARMED_MS, KEY_NAMES, type KeyAction, keyAction } from './keys';
import { outcomesOf } from './outcomes';
import type { Desk } from './store';

/** A key's name beside what it does; screen readers have the list. */
export function Kbd({ keys }: { keys: keyof typeof KEY_NAMES }) {
  return (
    <span class="kbds" aria-hidden="true">
      {KEY_NAMES[keys].map((key) => (
        <kbd key={key}>{key}</kbd>
      ))}
    </span>
  );
}

/** All keys, by `?`. */
export function KeyList({ open }: { open: Signal<boolean> }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useSignalEffect(() => {
    if (open.value && !dialog.current?.open) dialog.current?.showModal();
  });
  const words = t.value.desk.keys;
  return (
    <dialog ref={dialog} aria-labelledby="keys-title" onClose={() => (open.value = false)} data-testid="key-list">
      <h2 id="keys-title">{words.title}</h2>
      <dl class="keys">
        {(Object.keys(KEY_NAMES) as (keyof typeof KEY_NAMES)[]).map((name) => (
          <div key={name}>
            <dt>
              <span class="kbds">
                {KEY_NAMES[name].map((key) => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </span>
            </dt>
            <dd>{words[name]}</dd>
          </div>
        ))}
      </dl>
      <p class="soft">{words.help}</p>
      <p class="row end">
        <button type="button" class="primary" onClick={() => dialog.current?.close()}>
          {t.value.common.close}
        </button>
      </p>
    </dialog>
  );
}

/** Listens to the keyboard for the whole page; gives what ends it. */
export function listenToKeys(desk: Desk, armed: Signal<boolean>, help: Signal<boolean>): () => void {
  let disarm: ReturnType<typeof setTimeout> | undefined;
  const pressed = (event: KeyboardEvent) => {
    const action = keyAction(event, {
      dialogOpen: document.querySelector('dialog[open]') !== null,
      typing: document.activeElement?.matches('input, textarea') ?? false,
      armed: armed.value,
    });
    if (!action) return;
    event.preventDefault();
    clearTimeout(disarm);
    armed.value = action === 'armHangUp' && Boolean(desk.view.value?.call);
    if (armed.value) disarm = setTimeout(() => (armed.value = false), ARMED_MS);
    if (action === 'help') help.value = true;
    else act(desk, action);
  };
  addEventListener('keydown', pressed);
  return () => removeEventListener('keydown', pressed);
}

/** Does what a key says, where there is something to do it to. */
function act(desk: Desk, action: Exclude<KeyAction, 'help'>): void {
  const { offer, callback, call, wrap_up } = desk.view.value ?? {};
  if (typeof action === 'object') {
    const outcome = wrap_up && !wrap_up.handed_on && outcomesOf(wrap_up.attempt)[action.outcome];
    if (outcome) void desk.outcome(outcome);
    return;
  }
  switch (action) {
    case 'answer':
      if (offer ?? callback) void desk.answer((offer ?? callback)?.offer ?? '');
      return;
    case 'mute':
      if (call) void desk.mute(!desk.muted.value);
      return;
    case 'hold':
      if (call) void desk.hold(!call.held);
      return;
    case 'conference':
      if (call?.consult?.answered && !call.consult.conference) void desk.conference();
      return;
    case 'hangUp':
      if (call) void desk.hangUp();
      return;
    case 'finish':
      if (wrap_up) void desk.finish();
      return;
    case 'armHangUp':
      return;
  }
}
