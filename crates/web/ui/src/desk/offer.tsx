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
  const declining = useSignal(false);
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
        <button
          type="button"
          class="big"
          aria-expanded={declining.value}
          onClick={() => (declining.value = !declining.value)}
          data-testid="decline"
        >
          {words.decline}
        </button>
      </div>
      {declining.value && <Reasons decline={(reason) => void desk.decline(offer.offer, reason)} />}
    </section>
  );
}

function Reasons({ decline }: { decline: (reason: string) => void }) {
  const words = t.value.desk;
  return (
    <fieldset class="reasons">
      <legend>{words.offer.reason}</legend>
      {Object.entries(words.declines).map(([reason, label]) => (
        <button type="button" key={reason} onClick={() => decline(reason)} data-testid={`decline-${reason}`}>
          {label}
        </button>
      ))}
    </fieldset>
  );
}
