import { t } from '../i18n';
import { countdown, now } from '../lib/time';
import type { AskedView } from '../wire';
import { CallerFacts } from './caller';
import { useArrival } from './focus';
import { Kbd } from './keylist';
import type { Desk } from './store';

/** A colleague asks about a call: rings, then speaks with us while the caller hears music. */
export function AskedCard({ desk, asked }: { desk: Desk; asked: AskedView }) {
  const words = t.value.desk.asked;
  const heading = useArrival<HTMLHeadingElement>();
  const { offer } = asked;
  return (
    <section class={`card${offer ? ' ringing' : ' in-call'}`} aria-labelledby="asked-title" data-testid="asked-card">
      <header class="card-top">
        <h1 id="asked-title" ref={heading} tabindex={-1}>
          {words.title(asked.by)}
        </h1>
        {offer && <p class="figure">{t.value.desk.offer.ringsFor(countdown(asked.until, now.value))}</p>}
      </header>
      <p class={asked.conference ? 'flag' : 'soft'} aria-live="polite" data-testid="asked-state">
        {stateOf(asked)}
      </p>
      <CallerFacts caller={asked.caller} />
      <div class="actions">
        {offer ? (
          <>
            <button type="button" class="go big" onClick={() => void desk.answer(offer)} data-testid="answer-asked">
              {t.value.desk.offer.answer} <Kbd keys="answer" />
            </button>
            <button
              type="button"
              class="big"
              onClick={() => void desk.decline(offer, 'busy')}
              data-testid="decline-asked"
            >
              {t.value.desk.offer.decline}
            </button>
          </>
        ) : (
          <button type="button" class="stop big" onClick={() => void desk.hangUp()} data-testid="leave-asked">
            {words.leave} <Kbd keys="hangup" />
          </button>
        )}
      </div>
    </section>
  );
}

function stateOf({ offer, by, with_caller, conference }: AskedView): string {
  const words = t.value.desk.asked;
  if (offer) return words.rings;
  if (conference) return words.together(by);
  return with_caller ? words.waits(by) : words.speaks(by);
}
