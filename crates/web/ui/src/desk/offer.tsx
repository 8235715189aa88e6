import { useSignal } from '@preact/signals';
import { t } from '../i18n';
import { countdown, now } from '../lib/time';
import type { OfferView } from '../wire';
import { CallerFacts } from './caller';
import { useArrival } from './focus';
import { Kbd } from './keylist';
import type { Desk } from './store';

/** A call that rings. */
export function OfferCard({ desk, offer }: { desk: Desk; offer: OfferView }) {
  const words = t.value.desk.offer;
  const heading = useArrival<HTMLHeadingElement>();
  return (
    <section class="card ringing" aria-labelledby="offer-title" data-testid="offer-card">
      <header class="card-top">
        <h1 id="offer-title" ref={heading} tabindex={-1}>
          {words.title}
        </h1>
        <p class="figure">{words.ringsFor(countdown(offer.until, now.value))}</p>
      </header>
      <CallerFacts caller={offer.caller} waiting />
      <div class="actions">
        <button type="button" class="go big" onClick={() => void desk.answer(offer.offer)} data-testid="answer">
          {words.answer} <Kbd keys="answer" />
        </button>
        <Decline desk={desk} offer={offer.offer} />
      </div>
    </section>
  );
}

/** One press says *not now*; the reason stands beside it. */
export function Decline({ desk, offer }: { desk: Desk; offer: string }) {
  const words = t.value.desk;
  const reason = useSignal('need_a_moment');
  return (
    <>
      <button type="button" class="big" onClick={() => void desk.decline(offer, reason.value)} data-testid="decline">
        {words.offer.decline}
      </button>
      <label class="after-this">
        <span>{words.offer.reason}</span>
        <select
          value={reason.value}
          onChange={(e) => (reason.value = e.currentTarget.value)}
          data-testid="decline-reason"
        >
          {Object.entries(words.declines).map(([key, label]) => (
            <option key={key} value={key}>
              {label}
            </option>
          ))}
        </select>
      </label>
    </>
  );
}
