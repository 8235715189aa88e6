import { t, word } from '../i18n';
import { beijing } from '../lib/time';
import type { NumberView, SameView } from '../wire';
import type { Desk } from './store';

/** What one may say of the number, by the word of whom one speaks with. */
export function NumberSaid({ desk, number }: { desk: Desk; number: NumberView }) {
  const words = t.value.desk.number;
  if (!number.known && number.owed.length === 0) return null;
  return (
    <section class="number-said" aria-label={words.title} data-testid="number-said">
      {number.owed.length > 0 && (
        <>
          <p>{words.alsoOwed}</p>
          <ul>
            {number.owed.map((row) => (
              <Same key={row.obligation} desk={desk} row={row} />
            ))}
          </ul>
        </>
      )}
      {number.known && (
        <p class="row">
          <button
            type="button"
            class={number.do_not_call ? 'on' : ''}
            aria-pressed={number.do_not_call}
            onClick={() => void desk.doNotCall(!number.do_not_call)}
            data-testid="do-not-call"
          >
            {words.doNotCall}
          </button>
          <span class="soft">{number.do_not_call ? words.marked : words.help}</span>
        </p>
      )}
    </section>
  );
}

function Same({ desk, row }: { desk: Desk; row: SameView }) {
  const { common, desk: words } = t.value;
  return (
    <li class="row" data-testid="same-row">
      <span>
        <span class="digits">{beijing(row.opened).slice(5, 16)}</span>
        {row.language && ` · ${word(common.languages, row.language)}`}
      </span>
      {row.said ? (
        <span class="soft">{words.number.said}</span>
      ) : (
        <button type="button" onClick={() => void desk.samePerson(row.obligation)} data-testid="same-person">
          {words.number.same}
        </button>
      )}
    </li>
  );
}
