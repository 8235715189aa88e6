import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { t, word } from '../i18n';
import { readPrefs, writePrefs } from '../lib/prefs';
import { clock, now } from '../lib/time';
import { Brand, LanguageSwitch } from '../ui/bits';
import { Keypad } from '../ui/keypad';
import { microphoneFault } from '../ui/microphone';
import type { TryPhone } from './phone';

/** The browser plays the worker. */
export function TryPage({ phone }: { phone: TryPhone }) {
  const words = t.value.trial;
  const audio = useRef<HTMLAudioElement>(null);
  useSignalEffect(() => {
    document.title = `${t.value.trial.title} · ${t.value.common.product}`;
  });
  useSignalEffect(() => phone.playHere(audio.current));
  return (
    <main id="main" class="try">
      <header class="plain-top">
        <Brand />
        <LanguageSwitch />
      </header>
      <div class="try-head">
        <h1>{words.title}</h1>
        <span class="tag">{words.badge}</span>
        <p class="soft">{words.intro}</p>
      </div>
      {phone.info.value === 'away' ? <Away phone={phone} /> : <Telephone phone={phone} />}
      <HowTo />
      <audio ref={audio} autoplay data-testid="remote-audio" />
    </main>
  );
}

function Away({ phone }: { phone: TryPhone }) {
  const words = t.value.trial;
  const problem = phone.problem.value;
  return (
    <section class="card stack" role="alert">
      <h2>{problem ? word(t.value.common.problems, problem) : words.away}</h2>
      {!problem && <p>{words.awayHelp}</p>}
    </section>
  );
}

function Telephone({ phone }: { phone: TryPhone }) {
  const words = t.value.trial;
  const afterHours = useSignal(false);
  const info = phone.info.value;
  const busy = phone.busy();
  const numbers = info && info !== 'away' ? info : null;
  const number = afterHours.value ? numbers?.closed_number : numbers?.number;
  useKeyboard(phone);
  return (
    <section class="phone" aria-label={words.title}>
      <StateLine phone={phone} />
      <Problem phone={phone} />
      <Keypad
        name={words.keypad}
        label={words.key}
        hook="try-key"
        disabled={!busy}
        focus={false}
        press={(digit) => phone.key(digit)}
      />
      {busy ? (
        <button type="button" class="stop big wide" onClick={() => phone.hangUp()} data-testid="try-hangup">
          {words.hangup}
        </button>
      ) : (
        <button
          type="button"
          class="go big wide"
          disabled={!numbers}
          onClick={() => void phone.call(afterHours.value)}
          data-testid="try-call"
        >
          {words.call}
          {number && <small>{words.dials(number)}</small>}
        </button>
      )}
      <label class="check">
        <input
          type="checkbox"
          disabled={busy}
          checked={afterHours.value}
          onChange={(e) => (afterHours.value = e.currentTarget.checked)}
          data-testid="try-after-hours"
        />
        <span>
          {words.afterHours}
          <small>{words.afterHoursHelp}</small>
        </span>
      </label>
      <Processing disabled={busy} />
    </section>
  );
}

function StateLine({ phone }: { phone: TryPhone }) {
  const state = phone.state.value;
  const since = phone.since.value;
  const cause = phone.cause.value;
  return (
    <div class={`screen ${state}`}>
      <p role="status" data-testid="try-state" data-state={state} data-cause={cause ?? ''}>
        {t.value.trial.states[state]}
      </p>
      <p class="digits soft">
        {since !== null && clock(now.value - since)}
        {cause && word(t.value.console.causes, cause)}
      </p>
    </div>
  );
}

function Problem({ phone }: { phone: TryPhone }) {
  const problem = phone.problem.value;
  return (
    <div role="alert">
      {problem && (
        <p class="notice stop" data-testid="notice" data-reason={problem}>
          {microphoneFault(problem) ?? word(t.value.common.problems, problem)}
        </p>
      )}
    </div>
  );
}

function Processing({ disabled }: { disabled: boolean }) {
  const on = useSignal(readPrefs().processing);
  const set = (processing: boolean) => {
    writePrefs({ processing });
    on.value = processing;
  };
  return (
    <label class="check">
      <input
        type="checkbox"
        disabled={disabled}
        checked={on.value}
        onChange={(e) => set(e.currentTarget.checked)}
        data-testid="voice-processing"
      />
      <span>{t.value.trial.processing}</span>
    </label>
  );
}

function HowTo() {
  const words = t.value.trial;
  return (
    <section class="card stack" aria-labelledby="how-title">
      <h2 id="how-title">{words.how}</h2>
      <ol>
        {words.steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      <p class="row">
        <a class="button" href="/desk" target="_blank" rel="noreferrer">
          {words.openDesk}
        </a>
        <a class="button" href="/console" target="_blank" rel="noreferrer">
          {words.openLog}
        </a>
      </p>
      <p class="soft">{words.keyHelp}</p>
    </section>
  );
}

/** The number keys dial from anywhere on the page. */
function useKeyboard(phone: TryPhone): void {
  useEffect(() => {
    const typed = (event: KeyboardEvent) => {
      const inKeypad = (event.target as Element).closest?.('.keypad');
      if (inKeypad || event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.isComposing) return;
      if (phone.busy() && /^[0-9*#]$/.test(event.key)) phone.key(event.key);
    };
    addEventListener('keydown', typed);
    return () => removeEventListener('keydown', typed);
  }, [phone]);
}
