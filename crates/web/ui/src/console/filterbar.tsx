import { useRef } from 'preact/hooks';
import { t } from '../i18n';
import { beijingDate, engineTime } from '../lib/time';
import { changed, type Filters, NONE, narrowed, queryOf } from './filters';
import { go } from './route';

const WEEK_MS = 6 * 24 * 3600_000;
const TYPING_MS = 400;
const LANGUAGES = ['zh-CN', 'yue', 'en'] as const;

/** Narrows the log; every choice stands in the address. */
export function FilterBar({ filters }: { filters: Filters }) {
  const { filters: words, outcomes, causes, obligationStates } = t.value.console;
  const set = (change: Partial<Filters>) => go(`/console${queryOf(changed(filters, change))}`, true);
  const typing = useRef<ReturnType<typeof setTimeout>>(undefined);
  const typed = (operator: string) => {
    clearTimeout(typing.current);
    typing.current = setTimeout(() => set({ operator: operator.trim() }), TYPING_MS);
  };
  const today = beijingDate(engineTime());
  return (
    <form class="filters" aria-label={words.label} data-testid="call-filters" onSubmit={(e) => e.preventDefault()}>
      <label>
        <span>{words.from}</span>
        <input
          type="date"
          name="from"
          value={filters.from}
          max={filters.to || today}
          onChange={(e) => set({ from: e.currentTarget.value })}
        />
      </label>
      <label>
        <span>{words.to}</span>
        <input
          type="date"
          name="to"
          value={filters.to}
          min={filters.from}
          onChange={(e) => set({ to: e.currentTarget.value })}
        />
      </label>
      <label>
        <span>{words.cause}</span>
        <select name="cause" value={filters.cause} onChange={(e) => set({ cause: e.currentTarget.value })}>
          <option value="">{words.any}</option>
          <Options list={causes} />
        </select>
      </label>
      <label>
        <span>{words.outcome}</span>
        <select name="outcome" value={filters.outcome} onChange={(e) => set({ outcome: e.currentTarget.value })}>
          <option value="">{words.any}</option>
          <Options list={outcomes} />
        </select>
      </label>
      <label>
        <span>{words.language}</span>
        <select name="language" value={filters.language} onChange={(e) => set({ language: e.currentTarget.value })}>
          <option value="">{words.any}</option>
          {LANGUAGES.map((tag) => (
            <option key={tag} value={tag}>
              {t.value.common.languages[tag]}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>{words.operator}</span>
        <input
          name="operator"
          value={filters.operator}
          placeholder={words.operatorHint}
          autocomplete="off"
          autocapitalize="none"
          onInput={(e) => typed(e.currentTarget.value)}
        />
      </label>
      <label>
        <span>{words.state}</span>
        <select name="state" value={filters.state} onChange={(e) => set({ state: e.currentTarget.value })}>
          <option value="">{words.any}</option>
          <Options list={obligationStates} />
        </select>
      </label>
      <p class="row shortcuts">
        <button type="button" class="quiet" onClick={() => set({ from: today, to: today })}>
          {words.today}
        </button>
        <button
          type="button"
          class="quiet"
          onClick={() => set({ from: beijingDate(engineTime() - WEEK_MS), to: today })}
        >
          {words.week}
        </button>
        {narrowed(filters) && (
          <button type="button" class="quiet" onClick={() => set(NONE)}>
            {words.clear}
          </button>
        )}
      </p>
    </form>
  );
}

/** The options of a list by key. */
export function Options({ list }: { list: Record<string, string> }) {
  return (
    <>
      {Object.entries(list).map(([key, label]) => (
        <option key={key} value={key}>
          {label}
        </option>
      ))}
    </>
  );
}
