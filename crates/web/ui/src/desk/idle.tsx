import { t } from '../i18n';
import { useArrival } from './focus';
import { BREAKS, isBreak } from './notices';
import type { Desk } from './store';

/** Between calls: what one is, and the way to *ready*. */
export function Idle({ desk }: { desk: Desk }) {
  const words = t.value.desk;
  const heading = useArrival<HTMLHeadingElement>();
  const view = desk.view.value;
  const state = view?.state ?? 'offline';
  const ready = state === 'ready';
  return (
    <section class={ready ? 'card idle ready' : 'card idle'} aria-labelledby="idle-title">
      <h1 id="idle-title" ref={heading} tabindex={-1}>
        {title(state, view?.reason ?? null)}
      </h1>
      <p>{text(desk)}</p>
      {!ready && (
        <button
          type="button"
          class="go big"
          disabled={!desk.mayBeReady.value}
          onClick={() => void desk.ready()}
          data-testid="state-ready"
        >
          {words.ready}
        </button>
      )}
    </section>
  );
}

function title(state: keyof typeof t.value.desk.states, reason: string | null): string {
  const words = t.value.desk;
  const rest = BREAKS.find((name) => name === reason);
  if (state === 'not_ready' && rest) return words.breaks[rest];
  return state === 'offline' ? words.states.not_ready : words.states[state];
}

function text(desk: Desk): string {
  const words = t.value.desk.idle;
  const view = desk.view.value;
  if (view?.state === 'ready') return words.ready;
  if (!desk.mayBeReady.value) return words.waitingForAudio;
  if (view?.reason === 'take_five') return words.takeFive;
  const rest = BREAKS.find((name) => name === view?.reason);
  return rest && isBreak(rest) ? words.onBreak(t.value.desk.breaks[rest]) : words.notReady;
}
