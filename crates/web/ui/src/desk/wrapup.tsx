import { t, word } from '../i18n';
import { countdown, now } from '../lib/time';
import type { Outcome, WrapUpView } from '../wire';
import { useArrival } from './focus';
import { Kbd } from './keylist';
import { NumberSaid } from './number';
import { outcomesOf } from './outcomes';
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
      {wrapUp.ended_by && !wrapUp.told && <p class="soft">{word(words.endedBy, wrapUp.ended_by)}</p>}
      {wrapUp.told && (
        <p class="soft">
          {words.told}: {word(t.value.console.results, wrapUp.told)}
        </p>
      )}
      {wrapUp.handed_on ? (
        <p class="notice" data-testid="handed-on">
          {words.handedOn}
        </p>
      ) : (
        <Outcomes desk={desk} wrapUp={wrapUp} />
      )}
      <NumberSaid desk={desk} number={wrapUp.number} />
      <div class="actions">
        <button type="button" class="primary big" onClick={() => void desk.finish()} data-testid="finish-wrapup">
          {words.finishTo(nextWord(next))} <Kbd keys="finish" />
        </button>
      </div>
    </section>
  );
}

/** One press each: a talk and no talk large, the rest beside them. */
function Outcomes({ desk, wrapUp }: { desk: Desk; wrapUp: WrapUpView }) {
  const words = t.value.desk.wrapUp;
  const [spoken, notSpoken, ...others] = outcomesOf(wrapUp.attempt);
  const chosen = wrapUp.outcome;
  return (
    <fieldset class="outcomes">
      <legend>{wrapUp.attempt ? words.questionAttempt : words.question}</legend>
      {spoken && <Choice desk={desk} outcome={spoken} chosen={chosen} help={words.spokenHelp} />}
      {notSpoken && <Choice desk={desk} outcome={notSpoken} chosen={chosen} help={words.notSpokenHelp} />}
      <div class="row other-outcomes" role="group" aria-label={wrapUp.attempt ? words.notReached : words.noise}>
        <span class="soft">{wrapUp.attempt ? words.notReached : words.noise}</span>
        {others.map((outcome, index) => (
          <button
            key={outcome}
            type="button"
            class={chosen === outcome ? 'on' : ''}
            aria-pressed={chosen === outcome}
            onClick={() => void desk.outcome(outcome)}
            data-testid={`outcome-${outcome}`}
          >
            {word(t.value.console.outcomes, outcome)}{' '}
            <span class="kbds" aria-hidden="true">
              <kbd>Alt</kbd>
              <kbd>{index + 3}</kbd>
            </span>
          </button>
        ))}
      </div>
    </fieldset>
  );
}

function Choice(props: { desk: Desk; outcome: Outcome; chosen: Outcome | null; help: string }) {
  const { desk, outcome, chosen, help } = props;
  const keys = outcome === 'spoken' ? 'spoken' : 'not_spoken';
  return (
    <button
      type="button"
      class={chosen === outcome ? 'choice on' : 'choice'}
      aria-pressed={chosen === outcome}
      onClick={() => void desk.outcome(outcome)}
      data-testid={`outcome-${outcome}`}
    >
      <span class="choice-name">
        {t.value.desk.wrapUp[keys]} <Kbd keys={keys} />
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
