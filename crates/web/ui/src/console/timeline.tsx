import { useSignal } from '@preact/signals';
import { lang, t, word } from '../i18n';
import { Detail } from '../lib/detail';
import { beijing, beijingExact, clock } from '../lib/time';
import { Fact } from '../ui/fact';
import type { CallDetail, CallRow, StepRow, Why } from '../wire';
import { useLoad } from './load';
import { Caller, ListProblem, ObligationState, Said, Took } from './words';

const REFRESH_MS = 3000;

/** One call, step by step. */
export function Timeline({ journey }: { journey: string }) {
  const words = t.value.console.timeline;
  const { data, problem } = useLoad<CallDetail>(
    `/api/calls/${encodeURIComponent(journey)}?lang=${lang.value}`,
    REFRESH_MS,
  ).value;
  return (
    <>
      <p>
        <a href="/console">← {words.back}</a>
      </p>
      <h1>
        {words.title} <span class="digits">{journey}</span>
      </h1>
      {problem === 'not_found' ? <p class="empty">{words.none}</p> : <ListProblem code={problem} />}
      {!data && !problem && <p class="soft">{t.value.common.loading}</p>}
      {data && (
        <div class="call-detail">
          <Summary call={data.call} />
          <WhyCard why={data.why} opened={data.call.opened} />
          <Steps steps={data.steps} opened={data.call.opened} />
        </div>
      )}
    </>
  );
}

function Summary({ call }: { call: CallRow }) {
  const { common, console: words } = t.value;
  const { columns, timeline } = words;
  return (
    <section class="card" aria-labelledby="summary-title">
      <h2 id="summary-title">{timeline.summary}</h2>
      <dl class="facts">
        <Fact name={columns.opened}>
          <span class="digits">{beijing(call.opened)}</span>
        </Fact>
        <Fact name={columns.caller}>
          <Caller masked={call.caller} />
        </Fact>
        <Fact name={timeline.dialled}>
          <span class="digits">{call.dialled}</span>
        </Fact>
        <Fact name={columns.service}>{call.service}</Fact>
        <Fact name={timeline.open}>{call.open ? timeline.openYes : timeline.openNo}</Fact>
        <Fact name={columns.language}>
          <Said list={common.languages} value={call.language} />
        </Fact>
        <Fact name={columns.topic}>
          <Said list={common.topics} value={call.topic} />
          {call.danger && <span class="owed open"> · {words.danger}</span>}
        </Fact>
        <Fact name={columns.operator}>{call.operator ?? common.unknown}</Fact>
        <Fact name={columns.wait}>
          <Took ms={call.wait_ms} />
        </Fact>
        <Fact name={columns.talk}>
          <Took ms={call.talk_ms} />
        </Fact>
        <Fact name={columns.cause}>
          {call.cause ? word(words.causes, call.cause) : <span class="live">{words.underWay}</span>}
        </Fact>
        <Fact name={columns.outcome}>
          <Said list={words.outcomes} value={call.outcome} />
        </Fact>
        <Fact name={columns.obligation}>
          <ObligationState state={call.obligation} />
        </Fact>
      </dl>
    </section>
  );
}

/** Why it went so: the engine's own sentences, the same as `helpline why` tells. */
function WhyCard({ why, opened }: { why: Why; opened: string }) {
  const words = t.value.console.timeline;
  return (
    <section class="card" aria-labelledby="why-title" data-testid="why">
      <h2 id="why-title">{words.why}</h2>
      {why.headline && (
        <p class="headline" data-testid="why-headline">
          {why.headline}
        </p>
      )}
      <ol class="steps">
        {why.sentences.map((sentence, index) => (
          <li key={index} data-testid="why-sentence">
            <Moment utc={sentence.utc} opened={opened} />
            <div class="step-text">
              <p>{sentence.text}</p>
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Moment({ utc, opened }: { utc: string; opened: string }) {
  return (
    <p class="step-time digits">
      <time dateTime={utc}>{beijingExact(utc)}</time>
      <small>+{clock(Date.parse(utc) - Date.parse(opened))}</small>
    </p>
  );
}

function Steps({ steps, opened }: { steps: StepRow[]; opened: string }) {
  const words = t.value.console.timeline;
  const raw = useSignal(false);
  return (
    <section class="card" aria-labelledby="steps-title">
      <header class="card-top">
        <h2 id="steps-title">{words.steps}</h2>
        <button type="button" class="quiet" aria-pressed={raw.value} onClick={() => (raw.value = !raw.value)}>
          {raw.value ? words.plain : words.raw}
        </button>
      </header>
      <ol class="steps">
        {steps.map((step, index) => (
          <li key={index} data-testid="timeline-step" data-event={step.event}>
            <Moment utc={step.utc} opened={opened} />
            <div class="step-text">
              <p>{sentence(step)}</p>
              {raw.value && <pre>{`${step.event} ${JSON.stringify(step.detail, null, 1)}`}</pre>}
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** A step in words; an event that this page does not know is shown by its type. */
function sentence(step: StepRow): string {
  const known: Record<string, (detail: Detail) => string> = t.value.events;
  return known[step.event]?.(new Detail(step.detail)) ?? step.event.replaceAll('_', ' ');
}
