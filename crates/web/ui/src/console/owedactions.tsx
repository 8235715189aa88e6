import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { t, word } from '../i18n';
import { ApiError, api } from '../lib/api';
import { engineTime, fromBeijing } from '../lib/time';
import type { Flag, ObligationRow, OwedAsk } from '../wire';
import { keeper } from './keeper';

const FLAGS: readonly Flag[] = ['shared', 'do_not_call', 'blocked'];
/** Words that the record keeps and pages translate: free text would stand there in clear. */
const REASONS = [
  'reached_elsewhere',
  'not_needed',
  'duplicate',
  'wrong_number',
  'test_call',
  'asked_by_caller',
  'several_people',
  'one_person',
  'abusive',
  'mistake',
  'other_reason',
] as const;

/** What a supervisor can do about something that we owe. Each needs one more press, and where it closes or marks, a reason. */
export function Actions({ row }: { row: ObligationRow }) {
  const words = t.value.console.actions;
  const open = useSignal(false);
  if (row.state === 'discharged' || !keeper.value) return <>{t.value.common.unknown}</>;
  return (
    <>
      <button type="button" onClick={() => (open.value = true)} data-testid="owed-actions">
        {words.open}
        <span class="sr"> {row.caller}</span>
      </button>
      {open.value && <ActionsDialog row={row} closed={() => (open.value = false)} />}
    </>
  );
}

function ActionsDialog({ row, closed }: { row: ObligationRow; closed: () => void }) {
  const words = t.value.console.actions;
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const reason = useSignal('');
  const due = useSignal('');
  const problem = useSignal<string | null>(null);
  const busy = useSignal(false);
  const close = () => dialog.current?.close();
  const ask = async (asked: OwedAsk) => {
    busy.value = true;
    problem.value = null;
    try {
      await api('/api/obligations', { method: 'POST', body: asked });
      close();
    } catch (error) {
      problem.value = error instanceof ApiError ? error.code : 'failed';
    } finally {
      busy.value = false;
    }
  };
  const { obligation } = row;
  const why = reason.value;
  const marked = markOf(row);
  const title = `owed-${obligation}`;
  return (
    <dialog ref={dialog} aria-labelledby={title} class="owed-dialog" onClose={closed}>
      <h2 id={title}>
        {words.title} <span class="digits">{row.contact || row.caller}</span>
      </h2>
      {problem.value && (
        <p class="notice stop" role="alert" data-testid="notice" data-reason={problem.value}>
          {word(t.value.common.problems, problem.value)}
        </p>
      )}
      <fieldset disabled={busy.value}>
        <legend>{words.call}</legend>
        <div class="row">
          <button
            type="button"
            class="primary"
            onClick={() => void ask({ do: 'plan_callback', obligation, due: null })}
            data-testid="owed-now"
          >
            {words.now}
          </button>
          <button
            type="button"
            onClick={() => void ask({ do: 'claim_obligation', obligation })}
            data-testid="owed-claim"
          >
            {words.claim}
          </button>
        </div>
        <div class="row">
          <label>
            <span>{words.at}</span>
            <input type="datetime-local" value={due.value} onInput={(e) => (due.value = e.currentTarget.value)} />
          </label>
          <button
            type="button"
            disabled={!isAhead(due.value)}
            onClick={() => void ask({ do: 'plan_callback', obligation, due: fromBeijing(due.value) })}
            data-testid="owed-plan"
          >
            {words.plan}
          </button>
        </div>
      </fieldset>
      <fieldset disabled={busy.value}>
        <legend>{words.decide}</legend>
        <label>
          <span>{words.reason}</span>
          <select
            value={reason.value}
            onChange={(e) => (reason.value = e.currentTarget.value)}
            data-testid="owed-reason"
          >
            <option value="">{words.chooseReason}</option>
            {REASONS.map((reason) => (
              <option key={reason} value={reason}>
                {t.value.console.reasons[reason]}
              </option>
            ))}
          </select>
        </label>
        <p class="soft">{words.reasonHelp}</p>
        <div class="row">
          <button
            type="button"
            class="stop"
            disabled={!why}
            onClick={() => void ask({ do: 'close_obligation', obligation, reason: why })}
            data-testid="owed-close"
          >
            {words.close}
          </button>
          {marked && (
            <button
              type="button"
              disabled={!why}
              onClick={() => void ask({ do: 'flag_number', obligation, flag: marked, on: false, reason: why })}
              data-testid={`owed-unmark-${marked}`}
            >
              {words.unmark[marked]}
            </button>
          )}
          {FLAGS.filter((flag) => flag !== marked).map((flag) => (
            <button
              key={flag}
              type="button"
              disabled={!why || !row.one_person}
              onClick={() => void ask({ do: 'flag_number', obligation, flag, on: true, reason: why })}
              data-testid={`owed-${flag}`}
            >
              {words.flags[flag]}
            </button>
          ))}
        </div>
        {!row.one_person && <p class="soft">{words.notOnePerson}</p>}
      </fieldset>
      <p class="row end">
        <button type="button" onClick={close}>
          {t.value.common.cancel}
        </button>
      </p>
    </dialog>
  );
}

/** The mark that keeps it on its list, which a person may take away. */
export function markOf(row: Pick<ObligationRow, 'list' | 'list_reason'>): Flag | null {
  if (row.list === 'do_not_call') return 'do_not_call';
  if (row.list_reason === 'number_shared') return 'shared';
  return row.list_reason === 'blocked' ? 'blocked' : null;
}

function isAhead(local: string): boolean {
  const at = fromBeijing(local);
  return at !== null && Date.parse(at) > engineTime();
}
