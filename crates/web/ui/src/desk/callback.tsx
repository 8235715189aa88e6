import type { ComponentChildren } from 'preact';
import { t, word } from '../i18n';
import { beijing, countdown, now } from '../lib/time';
import { Fact } from '../ui/fact';
import type { AttemptView, CallbackOfferView, CallbackView } from '../wire';
import { useArrival } from './focus';
import { Kbd } from './keylist';
import { Decline } from './offer';
import type { Desk } from './store';

/** A callback that rings: a preview first, then one press dials. */
export function CallbackCard({ desk, offered }: { desk: Desk; offered: CallbackOfferView }) {
  const words = t.value.desk.callback;
  const heading = useArrival<HTMLHeadingElement>();
  return (
    <section class="card ringing" aria-labelledby="callback-title" data-testid="callback-card">
      <header class="card-top">
        <h1 id="callback-title" ref={heading} tabindex={-1}>
          {words.title}
        </h1>
        <p class="figure">{t.value.desk.offer.ringsFor(countdown(offered.until, now.value))}</p>
      </header>
      <CallbackFacts callback={offered.callback} />
      <SayOnly />
      <div class="actions">
        <button type="button" class="go big" onClick={() => void desk.answer(offered.offer)} data-testid="dial">
          {words.dial} <Kbd keys="answer" />
        </button>
        <Decline desk={desk} offer={offered.offer} />
      </div>
    </section>
  );
}

/** A call that we began, above the call's own buttons. */
export function AttemptStrip({ attempt }: { attempt: AttemptView }) {
  const words = t.value.desk.callback;
  return (
    <div class="attempt" data-testid="attempt" data-stage={attempt.stage}>
      <p role="status">{word(words.stages, attempt.stage)}</p>
      <SayOnly />
      <details>
        <summary>{words.about}</summary>
        <CallbackFacts callback={attempt.callback} />
      </details>
    </div>
  );
}

/** Whoever picks up may not be the one who called (rule 10). */
function SayOnly() {
  const words = t.value.desk.callback;
  return (
    <p class="say-only" data-testid="say-only">
      {words.sayOnly} <strong lang="zh-CN">“您好，现在方便说话吗？”</strong> {words.sayUntil}
    </p>
  );
}

/** What is known of someone whom we owe a call. */
function CallbackFacts({ callback }: { callback: CallbackView }) {
  const { common, console, desk } = t.value;
  const words = desk.callback;
  return (
    <>
      {callback.danger && <p class="flag danger">{desk.caller.danger}</p>}
      <dl class="facts">
        <Fact name={desk.caller.number} wide>
          <span class="number">{callback.masked || common.withheld}</span>
          <span class="soft">
            {' '}
            {word(console.classes, callback.class)}
            {callback.given && ` · ${words.given}`}
          </span>
        </Fact>
        <Fact name={desk.caller.language}>
          {callback.language ? word(common.languages, callback.language) : common.unknown}
        </Fact>
        <Fact name={desk.caller.topic}>
          {callback.topic ? word(common.topics, callback.topic) : desk.caller.noTopic}
        </Fact>
        <Fact name={words.since}>
          <span class="digits">{beijing(callback.opened)}</span>
          {callback.journeys > 1 && <span class="soft"> · {words.calls(callback.journeys)}</span>}
        </Fact>
        <Fact name={words.wanted}>{wanted(callback)}</Fact>
        {callback.promise && (
          <Fact name={words.promised}>
            <span class="digits">{beijing(callback.promise)}</span>
          </Fact>
        )}
      </dl>
      <Tried callback={callback} />
    </>
  );
}

function wanted({ wanted, part }: CallbackView): ComponentChildren {
  const { console, desk } = t.value;
  const asked = wanted === null ? desk.callback.notAsked : wanted ? desk.callback.yes : desk.callback.no;
  return part ? `${asked} · ${word(console.parts, part)}` : asked;
}

/** Each try so far and what came of it. */
function Tried({ callback }: { callback: CallbackView }) {
  const { console, desk } = t.value;
  if (callback.tried.length === 0) return <p class="soft">{desk.callback.first}</p>;
  const said = { ...console.causes, ...console.outcomes, ...console.results };
  return (
    <div class="tried">
      <p class="soft">{desk.callback.tried}</p>
      <ol>
        {callback.tried.map((tried) => (
          <li key={tried.at}>
            <span class="digits">{beijing(tried.at)}</span> {tried.operator}: {word(said, tried.result)}
          </li>
        ))}
      </ol>
    </div>
  );
}
