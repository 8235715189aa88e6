import { useSignal } from '@preact/signals';
import { t, word } from '../i18n';
import { ApiError, api } from '../lib/api';
import { Detail } from '../lib/detail';
import { beijing } from '../lib/time';
import type { ChangeView, DayView, HolidayView, HoursPage, ServiceView, StretchView, SwitchBody } from '../wirehours';
import { useLoad } from './load';
import { fromBeijing, weekdayOf } from './week';
import { ListProblem } from './words';

const REFRESH_MS = 5000;
/** With fewer days than this looked through ahead, the page says so; the engine alarms. */
const FEW_DAYS = 60;

/** Opening hours: open or closed and why, closing by hand, the two weeks, computed closures, who changed what. */
export function Hours() {
  const words = t.value.hours;
  const again = useSignal(0);
  const { data, problem } = useLoad<HoursPage>(`/api/hours?n=${again.value}`, REFRESH_MS).value;
  const done = () => {
    again.value += 1;
  };
  return (
    <>
      <h1>{words.title}</h1>
      <ListProblem code={problem} />
      {!data && !problem && <p class="soft">{t.value.common.loading}</p>}
      {data?.services.map((service) => (
        <Service key={service.service} service={service} done={done} />
      ))}
      {data && data.holidays.length > 0 && <Holidays rows={data.holidays} done={done} />}
      {data && <Changes rows={data.changes} />}
    </>
  );
}

function Service({ service, done }: { service: ServiceView; done: () => void }) {
  const words = t.value.hours;
  return (
    <section class="card hours-service" aria-label={service.service} data-testid="service" data-open={service.open}>
      <h2>{service.service}</h2>
      <p class={`hours-now ${service.open ? 'is-open' : 'is-closed'}`}>
        <span aria-hidden="true">{service.open ? '●' : '○'} </span>
        <strong>{service.open ? words.open : words.closed}</strong>
        <span> · {because(service)}</span>
      </p>
      <p class="soft">
        {service.changes && `${words.mayChange(beijing(service.changes).slice(0, 16))} `}
        {service.at_closing === 'serve' ? words.served(service.last_call_min) : words.promised}
      </p>
      {service.days_ahead !== null && service.days_ahead < FEW_DAYS && (
        <p class="notice warn" data-testid="notice" data-reason="unconfirmed">
          {words.fewDays(service.days_ahead, service.confirmed_until ?? '')}
        </p>
      )}
      <Unplanned rows={service.unplanned} />
      <Unpromised service={service} />
      <Switch service={service} done={done} />
      <Days days={service.days} />
      {service.version && <p class="soft small">{words.version(service.calendar ?? '', service.version)}</p>}
    </section>
  );
}

function because(service: ServiceView): string {
  const words = t.value.hours;
  const notice = service.name ? word(words.notices, service.name) : '';
  switch (service.why) {
    case 'always':
      return words.always;
    case 'weekly':
      return words.weekly;
    case 'exception':
      return holidayName(service.name ?? '');
    case 'switched':
      return [words.byHand(service.by ?? words.commandLine), notice].filter(Boolean).join(' · ');
  }
}

/** A name from a calendar in the page's words, where it has them. */
function holidayName(name: string): string {
  return word(t.value.hours.days, name);
}

/** Stretches in which the line is open and nobody is planned. */
export function Unplanned({ rows }: { rows: StretchView[] }) {
  const words = t.value.hours;
  if (rows.length === 0) return null;
  return (
    <p class="notice warn" data-testid="notice" data-reason="unplanned">
      {words.unplanned} {rows.slice(0, 7).map(stretch).join(' · ')}
    </p>
  );
}

/** Where no time is told to callers though somebody is planned: none of them sits at a desk and speaks the language. */
function Unpromised({ service }: { service: ServiceView }) {
  const within = (row: StretchView) => service.unplanned.some((gap) => gap.from <= row.from && row.to <= gap.to);
  const rows = service.unpromised.filter((row) => !within(row));
  if (rows.length === 0) return null;
  return (
    <p class="notice warn" data-testid="notice" data-reason="unpromised">
      {t.value.hours.unpromised} {rows.slice(0, 7).map(stretch).join(' · ')}
    </p>
  );
}

function stretch({ from, to }: StretchView): string {
  const [begin, end] = [beijing(from).slice(0, 16), beijing(to).slice(0, 16)];
  return `${begin} – ${end.startsWith(begin.slice(0, 10)) ? end.slice(11) : end}`;
}

/** Closing and opening by hand, with an end and a reason. */
function Switch({ service, done }: { service: ServiceView; done: () => void }) {
  const words = t.value.hours;
  const [chosen, at, reason, waiting] = [useSignal(''), useSignal(''), useSignal(''), useSignal('')];
  const problem = useSignal<string | null>(null);
  const byHand = service.why === 'switched';
  const ends = [
    ...(service.changes && !byHand ? [{ value: 'change', name: words.untilChange(service.open) }] : []),
    ...(service.opens ? [{ value: 'opening', name: words.untilOpening }] : []),
    { value: 'at', name: words.untilTime },
    { value: 'open', name: words.untilSaid },
  ];
  const until = ends.some((end) => end.value === chosen.value) ? chosen.value : (ends[0]?.value ?? 'open');
  const send = async (closed: boolean | null) => {
    const moments: Record<string, string | null> = { open: null, change: service.changes, opening: service.opens };
    const end = closed === null ? null : until === 'at' ? fromBeijing(at.value) : (moments[until] ?? null);
    if (closed !== null && until === 'at' && !end) {
      problem.value = 'time_past';
      return;
    }
    const body: SwitchBody = {
      service: service.service,
      closed,
      until: end,
      reason: closed && reason.value ? reason.value : null,
      waiting: closed && waiting.value ? waiting.value : null,
    };
    problem.value = await post('/api/hours', body);
    if (!problem.value) done();
  };
  return (
    <details class="hours-switch" data-testid="switch">
      <summary>{words.byHandTitle}</summary>
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <label>
          <span>{words.until}</span>
          <select name="until" value={until} onChange={(e) => (chosen.value = e.currentTarget.value)}>
            {ends.map((end) => (
              <option key={end.value} value={end.value}>
                {end.name}
              </option>
            ))}
          </select>
        </label>
        {until === 'at' && (
          <label>
            <span>{t.value.common.beijingTime}</span>
            <input
              type="datetime-local"
              name="at"
              value={at.value}
              onInput={(e) => (at.value = e.currentTarget.value)}
            />
          </label>
        )}
        <label>
          <span>{words.reason}</span>
          <select name="reason" value={reason.value} onChange={(e) => (reason.value = e.currentTarget.value)}>
            <option value="">{words.noReason}</option>
            {service.notices.map((notice) => (
              <option key={notice} value={notice}>
                {word(words.notices, notice)}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span>{words.waiting}</span>
          <select name="waiting" value={waiting.value} onChange={(e) => (waiting.value = e.currentTarget.value)}>
            <option value="">{words.asConfigured}</option>
            <option value="serve">{words.serve}</option>
            <option value="callback">{words.callback}</option>
          </select>
        </label>
        <span class="row">
          <button type="button" class="danger" onClick={() => void send(true)} data-testid="close-line">
            {words.close}
          </button>
          <button type="button" onClick={() => void send(false)} data-testid="open-line">
            {words.openNow}
          </button>
          {byHand && (
            <button type="button" onClick={() => void send(null)} data-testid="by-calendar">
              {words.byCalendar}
            </button>
          )}
        </span>
      </form>
      <ListProblem code={problem.value} />
    </details>
  );
}

/** Posts; the code of what went wrong, or null. */
export async function post(path: string, body: unknown, method = 'POST'): Promise<string | null> {
  try {
    await api(path, { method, body });
    return null;
  } catch (error) {
    return error instanceof ApiError ? error.code : 'failed';
  }
}

/** Two weeks, a row each. */
function Days({ days }: { days: DayView[] }) {
  const words = t.value.hours;
  if (days.length === 0) return null;
  return (
    <ol class="hours-days" aria-label={words.twoWeeks}>
      {days.map((day) => (
        <li key={day.date} class={day.hours.length > 0 ? 'is-open' : 'is-closed'} data-date={day.date}>
          <span class="soft">
            {words.weekdays[weekdayOf(day.date)]} <span class="digits">{day.date.slice(5)}</span>
          </span>
          <span class="digits">{day.hours.join(' ') || words.closed}</span>
          {day.name && <span class="soft small">{holidayName(day.name)}</span>}
        </li>
      ))}
    </ol>
  );
}

function Holidays({ rows, done }: { rows: HolidayView[]; done: () => void }) {
  const words = t.value.hours;
  const problem = useSignal<string | null>(null);
  const confirm = async ({ calendar, holiday }: HolidayView) => {
    problem.value = await post('/api/hours/holidays', { calendar, holiday });
    if (!problem.value) done();
  };
  return (
    <section class="card" aria-label={words.holidays}>
      <h2>{words.holidays}</h2>
      <p class="soft">{words.holidaysHelp}</p>
      <ListProblem code={problem.value} />
      <ul class="hours-holidays">
        {rows.map((row) => (
          <li key={row.calendar + row.holiday} data-testid="holiday" data-confirmed={row.confirmed !== null}>
            <span>
              {holidayName(row.name)} <span class="digits">{row.from}</span> – <span class="digits">{row.to}</span>
            </span>
            {row.confirmed ? (
              <span class="soft">
                ✓ {words.confirmed(row.by ?? words.commandLine, beijing(row.confirmed).slice(0, 16))}
              </span>
            ) : (
              <button type="button" onClick={() => void confirm(row)}>
                {words.confirm}
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Changes({ rows }: { rows: ChangeView[] }) {
  const words = t.value.hours;
  const said = t.value.events as Record<string, (detail: Detail) => string>;
  return (
    <section class="card" aria-label={words.changes}>
      <h2>{words.changes}</h2>
      {rows.length === 0 && <p class="soft">{words.noChanges}</p>}
      <ul class="hours-changes">
        {rows.map((row) => {
          const detail = new Detail(row.detail);
          return (
            <li key={row.utc + row.event}>
              <span class="digits soft">{beijing(row.utc)}</span>
              <span>
                {said[row.event]?.(detail) ?? row.event}
                {detail.has('by') ? ` · ${detail.text('by')}` : ''}
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
