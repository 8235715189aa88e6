import { t, word } from '../i18n';
import { beijing } from '../lib/time';
import type { CallPage, CallRow } from '../wire';
import { FilterBar } from './filterbar';
import { callsPath, changed, filtersOf, narrowed, queryOf } from './filters';
import { useLoad } from './load';
import { callPath, go } from './route';
import { Caller, Cell, ListProblem, ObligationState, Said, Took } from './words';

const REFRESH_MS = 5000;

/** The call log, newest first. */
export function Calls({ query }: { query: string }) {
  const words = t.value.console;
  const filters = filtersOf(query);
  const { data, problem } = useLoad<CallPage>(callsPath(filters), filters.after ? null : REFRESH_MS).value;
  return (
    <>
      <h1>{words.calls}</h1>
      <FilterBar filters={filters} />
      <ListProblem code={problem} />
      {data && data.calls.length > 0 && <Table rows={data.calls} />}
      {data && data.calls.length === 0 && <p class="empty">{narrowed(filters) ? words.noMatch : words.noCalls}</p>}
      {!data && !problem && <p class="soft">{t.value.common.loading}</p>}
      <nav class="row pager" aria-label={words.older}>
        {filters.after && (
          <a class="button" href={`/console${queryOf(changed(filters, {}))}`}>
            {words.newest}
          </a>
        )}
        {data?.next && (
          <a class="button" href={`/console${queryOf({ ...filters, after: data.next })}`} data-testid="older">
            {words.older}
          </a>
        )}
      </nav>
    </>
  );
}

function Table({ rows }: { rows: CallRow[] }) {
  const { columns } = t.value.console;
  const heads = [
    columns.opened,
    columns.caller,
    columns.service,
    columns.language,
    columns.topic,
    columns.operator,
    columns.wait,
    columns.talk,
    columns.cause,
    columns.outcome,
    columns.obligation,
  ];
  return (
    <div class="table">
      <table>
        <caption class="sr">{t.value.console.calls}</caption>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.journey} row={row} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ row }: { row: CallRow }) {
  const { common, console: words } = t.value;
  const { columns } = words;
  return (
    // The link in the first cell is what keyboards and screen readers use; a click anywhere else is a convenience.
    <tr data-testid="call-row" data-journey={row.journey} onClick={(event) => open(event, row.journey)}>
      <Cell name={columns.opened}>
        <a class="digits" href={callPath(row.journey)} title={words.openCall(row.journey)}>
          {beijing(row.opened)}
        </a>
      </Cell>
      <Cell name={columns.caller}>
        <Caller masked={row.caller} />
      </Cell>
      <Cell name={columns.service}>
        {row.service}
        {!row.open && <small> · {words.afterHours}</small>}
      </Cell>
      <Cell name={columns.language}>
        <Said list={common.languages} value={row.language} />
      </Cell>
      <Cell name={columns.topic}>
        <Said list={common.topics} value={row.topic} />
        {row.danger && <span class="owed open"> · {words.danger}</span>}
      </Cell>
      <Cell name={columns.operator}>{row.operator ?? common.unknown}</Cell>
      <Cell name={columns.wait}>
        <Took ms={row.wait_ms} />
      </Cell>
      <Cell name={columns.talk}>
        <Took ms={row.talk_ms} />
      </Cell>
      <Cell name={columns.cause} data-cause={row.cause ?? ''}>
        {row.cause ? word(words.causes, row.cause) : <span class="live">{words.underWay}</span>}
      </Cell>
      <Cell name={columns.outcome}>
        <Said list={words.outcomes} value={row.outcome} />
      </Cell>
      <Cell name={columns.obligation} data-obligation={row.obligation ?? ''}>
        <ObligationState state={row.obligation} />
      </Cell>
    </tr>
  );
}

function open(event: MouseEvent, journey: string): void {
  const chosen = getSelection()?.toString();
  if ((event.target as Element).closest('a') || chosen) return;
  go(callPath(journey));
}
