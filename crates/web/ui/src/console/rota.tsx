import { useSignal } from '@preact/signals';
import { t } from '../i18n';
import type { RotaPage, RotaRow } from '../wirehours';
import { post, Unplanned } from './hours';
import { useLoad } from './load';
import { dayAfter, readHours } from './week';
import { ListProblem } from './words';

const REFRESH_MS = 10_000;
const DAYS = [0, 1, 2, 3, 4, 5, 6];

/** Who works when: a week of everyone, and the hours of one of them to be changed. */
export function Rota({ query }: { query: string }) {
  const words = t.value.hours;
  const week = new URLSearchParams(query).get('week') ?? '';
  const edited = useSignal<string | null>(null);
  const again = useSignal(0);
  const { data, problem } = useLoad<RotaPage>(
    `/api/rota?week=${encodeURIComponent(week)}&n=${again.value}`,
    REFRESH_MS,
  ).value;
  const row = data?.operators.find((one) => one.operator === edited.value);
  return (
    <>
      <h1>{words.rota}</h1>
      <ListProblem code={problem} />
      {!data && !problem && <p class="soft">{t.value.common.loading}</p>}
      {data && (
        <>
          <nav class="row" aria-label={words.weekOf(data.week)}>
            <a class="button" href={`/console/rota?week=${dayAfter(data.week, -7)}`}>
              ← {words.weekBefore}
            </a>
            <strong class="digits">{words.weekOf(data.week)}</strong>
            <a class="button" href={`/console/rota?week=${dayAfter(data.week, 7)}`}>
              {words.weekAfter} →
            </a>
          </nav>
          <Unplanned rows={data.unplanned} />
          {data.operators.length === 0 && <p class="empty">{words.nobody}</p>}
          {data.operators.length > 0 && <Week page={data} edit={(operator) => (edited.value = operator)} />}
        </>
      )}
      {data && row && (
        <Edit
          key={`${row.operator} ${data.week}`}
          row={row}
          page={data}
          done={() => {
            edited.value = null;
            again.value += 1;
          }}
        />
      )}
    </>
  );
}

/** What someone works on a day of the week shown, and whether that is otherwise than every week. */
function onDay(row: RotaRow, page: RotaPage, day: number): { hours: string[]; otherwise: boolean } {
  const own = row.days[dayAfter(page.week, day)];
  return { hours: own ?? row.week[day] ?? [], otherwise: own !== undefined };
}

function Week({ page, edit }: { page: RotaPage; edit: (operator: string) => void }) {
  const words = t.value.hours;
  return (
    <div class="table rota">
      <table>
        <caption class="sr">{words.rota}</caption>
        <thead>
          <tr>
            <th scope="col">{t.value.console.columns.operator}</th>
            {DAYS.map((day) => {
              const date = dayAfter(page.week, day);
              return (
                <th key={day} scope="col" aria-current={date === page.today ? 'date' : undefined}>
                  {words.weekdays[day]} <span class="digits">{date.slice(5)}</span>
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {page.operators.map((row) => (
            <tr key={row.operator} data-testid="rota-row" data-operator={row.operator}>
              <th scope="row" data-name={t.value.console.columns.operator}>
                <button type="button" class="quiet" onClick={() => edit(row.operator)}>
                  {row.name}
                </button>
                {!row.known && <span class="soft small"> {words.noRota}</span>}
              </th>
              {DAYS.map((day) => {
                const { hours, otherwise } = onDay(row, page, day);
                return (
                  <td key={day} data-name={`${words.weekdays[day]} ${dayAfter(page.week, day).slice(5)}`}>
                    <span class="digits">{hours.join(' ') || (otherwise ? words.away : t.value.common.unknown)}</span>
                    {otherwise && <span class="tag">{words.otherwise}</span>}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Hours of one operator: of every week, or of this week alone. */
function Edit({ row, page, done }: { row: RotaRow; page: RotaPage; done: () => void }) {
  const words = t.value.hours;
  const only = useSignal(false);
  const typed = useSignal(DAYS.map((day) => (row.week[day] ?? []).join(' ')));
  const problem = useSignal<string | null>(null);
  const wrong = useSignal<number[]>([]);
  const chooseWeek = (alone: boolean) => {
    only.value = alone;
    typed.value = DAYS.map((day) => (alone ? onDay(row, page, day).hours : (row.week[day] ?? [])).join(' '));
  };
  const save = async () => {
    const hours = typed.value.map(readHours);
    wrong.value = DAYS.filter((day) => hours[day] === undefined);
    if (wrong.value.length > 0) return;
    const read = hours.map((one) => one ?? []);
    const dates = Object.fromEntries(DAYS.map((day) => [dayAfter(page.week, day), read[day] ?? []]));
    const changed = Object.entries(dates).filter(([, own], day) => own.join(' ') !== (row.week[day] ?? []).join(' '));
    const kept = Object.entries(row.days).filter(([date]) => !Object.hasOwn(dates, date));
    const body = only.value
      ? { week: row.week, days: Object.fromEntries([...kept, ...changed]) }
      : { week: read, days: row.days };
    problem.value = await post(`/api/rota/${encodeURIComponent(row.operator)}`, body, 'PUT');
    if (!problem.value) done();
  };
  return (
    <section class="card" aria-label={words.edit(row.name)} data-testid="rota-edit">
      <h2>{words.edit(row.name)}</h2>
      <p class="soft">{words.editHelp}</p>
      <form
        class="rota-edit"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <fieldset class="row">
          <legend class="sr">{words.forWhich}</legend>
          <label>
            <input type="radio" name="which" checked={!only.value} onChange={() => chooseWeek(false)} />{' '}
            {words.everyWeek}
          </label>
          <label>
            <input type="radio" name="which" checked={only.value} onChange={() => chooseWeek(true)} />{' '}
            {words.onlyWeek(page.week)}
          </label>
        </fieldset>
        <div class="rota-days">
          {DAYS.map((day) => (
            <label key={day}>
              <span>
                {words.weekdays[day]} {only.value && <span class="digits">{dayAfter(page.week, day).slice(5)}</span>}
              </span>
              <input
                name={`day${day}`}
                value={typed.value[day]}
                placeholder={words.away}
                aria-invalid={wrong.value.includes(day)}
                onInput={(e) => {
                  const text = e.currentTarget.value;
                  typed.value = typed.value.map((own, at) => (at === day ? text : own));
                }}
              />
            </label>
          ))}
        </div>
        {wrong.value.length > 0 && (
          <p class="notice stop" role="alert">
            {words.wrongHours(wrong.value.map((day) => words.weekdays[day] ?? '').join(' '))}
          </p>
        )}
        <ListProblem code={problem.value} />
        <span class="row">
          <button type="submit" class="primary">
            {words.save}
          </button>
          <button type="button" onClick={done}>
            {t.value.common.cancel}
          </button>
        </span>
      </form>
    </section>
  );
}
