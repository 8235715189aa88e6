import { t, word } from '../i18n';
import { beijing, now } from '../lib/time';
import type { ObligationPage, ObligationRow } from '../wire';
import { Options } from './filterbar';
import { useLoad } from './load';
import { Actions } from './owedactions';
import { callPath, go } from './route';
import { STANDINGS, standingsOf } from './standings';
import { Caller, Cell, ListProblem, ObligationState, Said } from './words';

const REFRESH_MS = 5000;
const LIMIT = '50';
const LANGUAGES = ['zh-CN', 'yue', 'en'] as const;

/** What we owe, oldest first, by where it stands. Open ones unless asked otherwise. */
export function Obligations({ query }: { query: string }) {
  const words = t.value.console;
  const given = new URLSearchParams(query);
  const state = given.get('state') ?? 'open';
  const language = given.get('language') ?? '';
  const after = given.get('after') ?? '';
  const asked = new URLSearchParams({
    ...(state !== 'all' && { state }),
    ...(language && { language }),
    ...(after && { after }),
    limit: LIMIT,
  });
  const { data, problem } = useLoad<ObligationPage>(`/api/obligations?${asked}`, after ? null : REFRESH_MS).value;
  const path = (change: Record<string, string>) =>
    `/console/obligations?${new URLSearchParams({ state, ...(language && { language }), ...change })}`;
  return (
    <>
      <h1>{words.obligations}</h1>
      <nav class="standings" aria-label={words.columns.state}>
        {[...STANDINGS, 'all' as const].map((standing) => (
          <a
            key={standing}
            href={path({ state: standing })}
            aria-current={standing === state ? 'page' : undefined}
            data-testid={`standing-${standing}`}
          >
            {standing === 'all' ? words.filters.any : words.standings[standing]}
          </a>
        ))}
      </nav>
      <form class="filters" aria-label={words.filters.label} onSubmit={(e) => e.preventDefault()}>
        <label>
          <span>{words.columns.language}</span>
          <select
            name="language"
            value={language}
            onChange={(e) => go(path({ language: e.currentTarget.value }), true)}
          >
            <option value="">{words.filters.any}</option>
            <Options list={Object.fromEntries(LANGUAGES.map((tag) => [tag, t.value.common.languages[tag]]))} />
          </select>
        </label>
      </form>
      <ListProblem code={problem} />
      {data && data.obligations.length > 0 && <Table rows={data.obligations} />}
      {data && data.obligations.length === 0 && (
        <p class="empty">{state === 'open' && !language ? words.noObligations : words.noObligationsMatch}</p>
      )}
      {!data && !problem && <p class="soft">{t.value.common.loading}</p>}
      {data?.next && (
        <p class="row pager">
          <a class="button" href={path({ after: data.next })}>
            {words.newer}
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
    columns.reason,
    columns.language,
    columns.wanted,
    columns.next,
    columns.attempts,
    columns.state,
    columns.actions,
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
        {row.journeys > 1 && <small class="soft block">{words.calledTimes(row.journeys)}</small>}
      </Cell>
      <Cell name={columns.caller}>
        <Caller masked={row.contact || row.caller} />
        <small class="soft block">
          {word(words.classes, row.class)}
          {row.contact !== null && ` · ${words.given}`}
        </small>
      </Cell>
      <Cell name={columns.reason}>
        {row.danger && <strong class="owed open block">{words.danger}</strong>}
        {word({ ...words.causes, ...words.reasons, ...words.outcomes }, row.reason)}
        {row.kind !== 'reach' && <small class="soft block">{word(words.obligationKinds, row.kind)}</small>}
      </Cell>
      <Cell name={columns.language}>
        <Said list={common.languages} value={row.language} />
        {row.topic && <small class="soft block">{word(common.topics, row.topic)}</small>}
      </Cell>
      <Cell name={columns.wanted}>{wanted(row)}</Cell>
      <Cell name={columns.next}>
        <Next row={row} />
      </Cell>
      <Cell name={columns.attempts}>
        <span class="digits">{row.attempts}</span>
        {row.last_result && (
          <small class="soft block">
            {word({ ...words.causes, ...words.outcomes, ...words.results }, row.last_result)}
          </small>
        )}
      </Cell>
      <Cell name={columns.state}>
        <ObligationState state={row.state} />
        {standingsOf(row, now.value).map((standing) => (
          <small key={standing} class={`owed ${standing} block`}>
            {words.standings[standing]}
          </small>
        ))}
        {row.discharged_by && <small class="soft block">{row.discharged_by}</small>}
      </Cell>
      <Cell name={columns.actions}>
        <Actions row={row} />
      </Cell>
    </tr>
  );
}

function wanted(row: ObligationRow): string {
  const { common, console: words } = t.value;
  if (row.wanted === null && !row.part) return common.unknown;
  const asked = row.wanted === null ? '' : row.wanted ? words.yes : words.no;
  return [asked, row.part && word(words.parts, row.part)].filter(Boolean).join(' · ');
}

/** When it is offered, what was promised, or why it is not offered by itself. */
function Next({ row }: { row: ObligationRow }) {
  const words = t.value.console;
  if (row.state === 'discharged') return <>{t.value.common.unknown}</>;
  return (
    <>
      {row.promise && (
        <span class="block">
          {words.promisedBy} <span class="digits">{beijing(row.promise)}</span>
        </span>
      )}
      {row.due && !row.promise && <span class="digits block">{beijing(row.due)}</span>}
      {row.under_way && (
        <a class="block" href={callPath(row.under_way)}>
          {words.beingDialled}
        </a>
      )}
      {row.claimed_by && <small class="soft block">{words.claimedBy(row.claimed_by)}</small>}
      {row.list && (
        <small class="block">
          {word(words.lists, row.list)}
          {row.list_reason && `: ${word({ ...words.causes, ...words.reasons, ...words.outcomes }, row.list_reason)}`}
        </small>
      )}
    </>
  );
}
