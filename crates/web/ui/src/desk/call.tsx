import { useSignal } from '@preact/signals';
import { t } from '../i18n';
import { clock, now, since } from '../lib/time';
import { Keypad } from '../ui/keypad';
import type { CallView } from '../wire';
import { AttemptStrip } from './callback';
import { CallerFacts } from './caller';
import { useArrival } from './focus';
import { Kbd } from './keylist';
import { HandOver, useHandOver } from './handover';
import { levels } from './levels';
import { NumberSaid } from './number';
import type { Desk } from './store';

/** The call that one is in. */
export function CallCard({ desk, call, armed }: { desk: Desk; call: CallView; armed: boolean }) {
  const words = t.value.desk.call;
  const heading = useArrival<HTMLHeadingElement>();
  const keypad = useSignal(false);
  const handOver = useHandOver(call);
  const muted = desk.muted.value;
  return (
    <section class={`card in-call${call.held ? ' held' : ''}`} aria-labelledby="call-title" data-testid="call-card">
      <header class="card-top">
        <h1 id="call-title" ref={heading} tabindex={-1}>
          {title(call)}
        </h1>
        <p class="figure digits" role="timer" data-testid="call-timer">
          {clock(since(call.since, now.value))}
        </p>
      </header>
      {call.attempt ? <AttemptStrip attempt={call.attempt} /> : <CallerFacts caller={call.caller} />}
      <Levels />
      <div class="actions">
        <button
          type="button"
          class={muted ? 'big on' : 'big'}
          aria-pressed={muted}
          onClick={() => void desk.mute(!muted)}
          data-testid="mute"
        >
          {muted ? words.unmute : words.mute} <Kbd keys="mute" />
        </button>
        <button
          type="button"
          class={call.held ? 'big on' : 'big'}
          aria-pressed={call.held}
          disabled={(call.consult !== null && !call.consult.conference) || unanswered(call)}
          onClick={() => void desk.hold(!call.held)}
          data-testid="hold"
        >
          {call.held ? words.resume : words.hold} <Kbd keys="hold" />
        </button>
        <button
          type="button"
          class="big"
          aria-expanded={keypad.value}
          disabled={unanswered(call)}
          onClick={() => (keypad.value = !keypad.value)}
          data-testid="keypad"
        >
          {words.keypad}
        </button>
        <button
          type="button"
          class="big"
          aria-expanded={handOver.shown}
          disabled={unanswered(call)}
          onClick={handOver.toggle}
          data-testid="handover-toggle"
        >
          {words.handOver}
        </button>
        <button type="button" class="stop big" onClick={() => void desk.hangUp()} data-testid="hangup">
          {words.hangup} <Kbd keys="hangup" />
        </button>
      </div>
      <p class="hint" role="status">
        {armed ? words.pressAgain : ''}
      </p>
      <NumberSaid desk={desk} number={call.number} />
      {handOver.shown && <HandOver desk={desk} call={call} />}
      {keypad.value && <Keypad name={words.keypad} label={words.key} press={(digit) => void desk.key(digit)} />}
    </section>
  );
}

/** An attempt is no call until somebody answers: there is nobody to hold or to hand over yet. */
function unanswered(call: CallView): boolean {
  return call.attempt !== null && call.attempt.stage !== 'answered';
}

function title(call: CallView): string {
  const words = t.value.desk.call;
  if (unanswered(call)) return t.value.desk.callback.calling;
  if (call.consult?.conference) return call.held ? words.held : words.conference;
  if (call.consult) return words.asking;
  return call.held ? words.held : call.conversing ? words.title : words.connecting;
}

function Levels() {
  const words = t.value.desk.call;
  return (
    <fieldset class="levels">
      <legend class="sr">{words.levels}</legend>
      <label>
        <span>{words.you}</span>
        <meter min={0} max={100} value={levels.mic} />
      </label>
      <label>
        <span>{words.caller}</span>
        <meter min={0} max={100} value={levels.caller} />
      </label>
    </fieldset>
  );
}
