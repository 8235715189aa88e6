import { t, word } from '../i18n';
import { countdown, now } from '../lib/time';
import type { Outcome, WrapUpView } from '../wire';
import { useArrival } from './focus';
import { Kbd } from './keylist';
import type { Desk } from './store';

/** After a call: what came of it, and what follows. */
export function WrapUpCard({ desk, wrapUp, next }: { desk: Desk; wrapUp: WrapUpView; next: string | null }) {
  const words = t.value.desk.wrapUp;
  const heading = useArrival<HTMLHeadingElement>();
  const left = Date.parse(wrapUp.until) - now.value;
  return (
    <section class="card wrap-up" aria-labelledby="wrapup-title" data-testid="wrapup-card">
      <header class="card-top">
        <h1 id="wrapup-title" ref={heading} tabindex={-1}>
          {words.title}
        </h1>
        <p class="row figure">
          <span class="digits" role="timer">
            {left > 0 ? words.ends(countdown(wrapUp.until, now.value)) : words.over}
          </span>
          <button type="button" onClick={() => void desk.extend()} data-testid="extend-wrapup">
            {words.more}
          </button>
        </p>
      </header>
      {wrapUp.ended_by && <p class="soft">{word(words.endedBy, wrapUp.ended_by)}</p>}
      <fieldset class="outcomes">
        <legend>{words.question}</legend>
        <Choice desk={desk} outcome="spoken" chosen={wrapUp.outcome} help={words.spokenHelp} />
        <Choice desk={desk} outcome="not_spoken" chosen={wrapUp.outcome} help={words.notSpokenHelp} />
      </fieldset>
      <div class="actions">
        <button type="button" class="primary big" onClick={() => void desk.finish()} data-testid="finish-wrapup">
          {words.finishTo(nextWord(next))} <Kbd keys="finish" />
        </button>
      </div>
    </section>
  );
}

function Choice(props: { desk: Desk; outcome: Outcome; chosen: Outcome | null; help: string }) {
  const { desk, outcome, chosen, help } = props;
  return (
    <button
      type="button"
      class={chosen === outcome ? 'choice on' : 'choice'}
      aria-pressed={chosen === outcome}
      onClick={() => void desk.outcome(outcome)}
      data-testid={`outcome-${outcome}`}
    >
      <span class="choice-name">
        {t.value.desk.wrapUp[outcome]} <Kbd keys={outcome} />
      </span>
      <span class="choice-help">{help}</span>
    </button>
  );
}

/** What follows, in a word. */
function nextWord(next: string | null): string {
  const { ready, breaks } = t.value.desk;
  return word({ ready, ...breaks }, next ?? 'ready');
}
