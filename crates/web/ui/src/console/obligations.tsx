import { t, word } from '../i18n';
import { beijing } from '../lib/time';
import type { ObligationPage, ObligationRow } from '../wire';
import { Options } from './filterbar';
import { useLoad } from './load';
import { callPath, go } from './route';
import { Caller, Cell, ListProblem, ObligationState, Said } from './words';

const REFRESH_MS = 5000;
const LIMIT = '50';

/** What we owe, oldest first. Open ones unless asked otherwise. */
export function Obligations({ query }: { query: string }) {
  const words = t.value.console;
  const given = new URLSearchParams(query);
  const state = given.get('state') ?? 'open';
  const after = given.get('after') ?? '';
  const asked = new URLSearchParams({ ...(state !== 'all' && { state }), ...(after && { after }), limit: LIMIT });
  const { data, problem } = useLoad<ObligationPage>(`/api/obligations?${asked}`, after ? null : REFRESH_MS).value;
  return (
    <>
      <h1>{words.obligations}</h1>
      <form class="filters" aria-label={words.filters.label} onSubmit={(e) => e.preventDefault()}>
        <label>
          <span>{words.columns.state}</span>
          <select
            name="state"
            value={state}
            onChange={(e) => go(`/console/obligations?state=${e.currentTarget.value}`, true)}
          >
            <Options list={words.obligationStates} />
            <option value="all">{words.filters.any}</option>
          </select>
        </label>
      </form>
      <ListProblem code={problem} />
      {data && data.obligations.length > 0 && <Table rows={data.obligations} />}
      {data && data.obligations.length === 0 && (
        <p class="empty">{state === 'open' ? words.noObligations : words.noObligationsMatch}</p>
      )}
      {!data && !problem && <p class="soft">{t.value.common.loading}</p>}
      {data?.next && (
        <p class="row pager">
          <a class="button" href={`/console/obligations?${new URLSearchParams({ state, after: data.next })}`}>
            {words.older}
          </a>
        </p>
      )}
    </>
  );
}

function Table({ rows }: { rows: ObligationRow[] }) {
  const { columns } = t.value.console;
  const heads = [
    columns.opened,
    columns.caller,
    columns.kind,
    columns.reason,
    columns.language,
    columns.topic,
    columns.journeys,
    columns.state,
  ];
  return (
    <div class="table">
      <table>
        <caption class="sr">{t.value.console.obligations}</caption>
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
            <Row key={row.obligation} row={row} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ row }: { row: ObligationRow }) {
  const { common, console: words } = t.value;
  const { columns } = words;
  return (
    <tr data-testid="obligation-row" data-obligation={row.obligation} data-state={row.state}>
      <Cell name={columns.opened}>
        <a class="digits" href={callPath(row.journey)} title={words.openCall(row.journey)}>
          {beijing(row.opened)}
        </a>
      </Cell>
      <Cell name={columns.caller}>
        <Caller masked={row.caller} />
      </Cell>
      <Cell name={columns.kind}>{word(words.obligationKinds, row.kind)}</Cell>
      <Cell name={columns.reason}>{word({ ...words.causes, ...words.reasons }, row.reason)}</Cell>
      <Cell name={columns.language}>
        <Said list={common.languages} value={row.language} />
      </Cell>
      <Cell name={columns.topic}>
        <Said list={common.topics} value={row.topic} />
      </Cell>
      <Cell name={columns.journeys}>
        <span class="digits">{row.journeys}</span>
      </Cell>
      <Cell name={columns.state}>
        <ObligationState state={row.state} />
      </Cell>
    </tr>
  );
}
