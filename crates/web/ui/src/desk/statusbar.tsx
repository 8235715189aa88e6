import { useRef } from 'preact/hooks';
import { t, word } from '../i18n';
import { beijingTime, clock, now, since } from '../lib/time';
import { Account, Brand, LanguageSwitch } from '../ui/bits';
import type { OperatorState } from '../wire';
import { BREAKS, isBreak } from './notices';
import { ConnectionPill } from './pill';
import type { Desk } from './store';

/** Waits out a keyboard that steps through the list. */
const SETTLE_MS = 400;

/** Who one is, what one is, and whether all is well: always in sight. */
export function StatusBar({ desk, onKeys }: { desk: Desk; onKeys: () => void }) {
  const working = desk.shift.value === 'on';
  return (
    <header class="bar">
      <Brand trial={desk.me.trial} />
      <StateNow desk={desk} />
      {working && <StateSelect desk={desk} />}
      {working && <ConnectionPill desk={desk} />}
      <span class="bar-end">
        <span class="shift-clock digits" title={t.value.common.beijingTime}>
          <span class="sr">{t.value.common.beijingTime} </span>
          {beijingTime(now.value)}
        </span>
        <button type="button" class="quiet" onClick={onKeys} data-testid="keys">
          {t.value.desk.keys.open}
        </button>
        <LanguageSwitch />
        <Account me={desk.me} leave={!working} />
      </span>
    </header>
  );
}

function StateNow({ desk }: { desk: Desk }) {
  const view = desk.view.value;
  const state: OperatorState = view?.state ?? 'offline';
  const words = t.value.desk;
  const label =
    state === 'not_ready' && isBreak(view?.reason) ? word(words.breaks, view?.reason ?? '') : words.states[state];
  return (
    <span class={`state ${state}`} data-testid="desk-state" data-state={state} data-reason={view?.reason ?? ''}>
      <span class="dot" aria-hidden="true" />
      <strong>{label}</strong>
      {view && state !== 'offline' && (
        <span class="digits" title={words.timeInState}>
          {clock(since(view.since, now.value))}
        </span>
      )}
    </span>
  );
}

function StateSelect({ desk }: { desk: Desk }) {
  const words = t.value.desk;
  const ending = useRef<HTMLDialogElement>(null);
  const settle = useRef<ReturnType<typeof setTimeout>>(undefined);
  const view = desk.view.value;
  const later = view?.state === 'on_call' || view?.state === 'wrap_up';
  const current = shown(view?.state ?? 'offline', later ? (view?.next ?? 'ready') : (view?.reason ?? ''));
  const choose = (select: HTMLSelectElement) => {
    clearTimeout(settle.current);
    settle.current = setTimeout(() => {
      const value = select.value;
      if (value === 'end_shift') {
        select.value = current;
        ending.current?.showModal();
      } else if (value)
        void (value === 'ready' ? desk.ready() : desk.notReady(value)).then(() => (select.value = current));
    }, SETTLE_MS);
  };
  return (
    <label class="state-select">
      <span>{later ? words.afterThis : words.stateSelect}</span>
      <select value={current} onChange={(e) => choose(e.currentTarget)} data-testid="state-select">
        <option value="" disabled hidden>
          {words.states.not_ready}
        </option>
        <option value="ready" disabled={!desk.mayBeReady.value && !later}>
          {words.ready}
        </option>
        {BREAKS.map((name) => (
          <option key={name} value={name}>
            {words.breaks[name]}
          </option>
        ))}
        <option value="end_shift" disabled={view?.state === 'on_call'}>
          {words.endShift}
        </option>
      </select>
      <EndShift desk={desk} dialog={ending} />
    </label>
  );
}

function shown(state: OperatorState, wish: string): string {
  if (state === 'ready' || state === 'offered') return 'ready';
  return wish === 'ready' || isBreak(wish) ? wish : '';
}

function EndShift({ desk, dialog }: { desk: Desk; dialog: { current: HTMLDialogElement | null } }) {
  const words = t.value.desk;
  const end = () => {
    dialog.current?.close();
    void desk.endShift();
  };
  return (
    <dialog ref={dialog} aria-labelledby="end-title">
      <h2 id="end-title">{words.endShiftTitle}</h2>
      <p>{words.endShiftText}</p>
      <p class="row end">
        <button type="button" onClick={() => dialog.current?.close()}>
          {t.value.common.cancel}
        </button>
        <button type="button" class="primary" onClick={end} data-testid="end-shift">
          {words.endShift}
        </button>
      </p>
    </dialog>
  );
}
