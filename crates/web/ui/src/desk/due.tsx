import { t, word } from '../i18n';
import { beijing, now } from '../lib/time';
import type { DueView } from '../wire';
import type { Desk } from './store';

/** Callbacks that are due or soon are, as they stand in line. No number stands here: dialling goes by what is owed. */
export function Due({ desk }: { desk: Desk }) {
  const words = t.value.desk.due;
  const view = desk.view.value;
  const due = view?.due ?? [];
  return (
    <section class="card due" data-testid="due-card">
      <h2>{words.title}</h2>
      {due.length === 0 && <p class="soft">{words.none}</p>}
      {due.length > 0 && (
        <ul>
          {due.map((row) => (
            <Row key={row.obligation} desk={desk} row={row} />
          ))}
        </ul>
      )}
      {view && view.due_more > 0 && <p class="soft">{words.more(view.due_more)}</p>}
    </section>
  );
}

function Row({ desk, row }: { desk: Desk; row: DueView }) {
  const { common, desk: words } = t.value;
  const standing = standingOf(row, now.value);
  const mine = row.claimed_by === desk.me.operator;
  return (
    <li data-testid="due-row" data-obligation={row.obligation} data-standing={standing}>
      <p>
        <span class={`owed ${standing}`}>{words.due.standings[standing]}</span>{' '}
        <span class="digits">{beijing(row.promise ?? row.due).slice(5, 16)}</span>
        {row.danger && <strong class="owed late"> {words.due.danger}</strong>}
      </p>
      <p class="soft">
        {[
          row.language && word(common.languages, row.language),
          row.topic && word(common.topics, row.topic),
          row.tried > 0 && words.due.tried(row.tried),
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
      {row.ringing ? (
        <p class="soft">{words.due.ringing}</p>
      ) : row.claimed_by ? (
        <p class="soft">{mine ? words.due.mine : words.due.claimed(row.claimed_by)}</p>
      ) : (
        <button type="button" onClick={() => void desk.claim(row.obligation)} data-testid="claim">
          {words.due.claim}
        </button>
      )}
    </li>
  );
}

/** Where a callback stands by its times. */
export function standingOf(row: Pick<DueView, 'due' | 'promise'>, at: number): 'late' | 'due' | 'soon' {
  if (row.promise && Date.parse(row.promise) < at) return 'late';
  return Date.parse(row.due) <= at ? 'due' : 'soon';
}
