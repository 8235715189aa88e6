import { useSignal } from '@preact/signals';
import { t, word } from '../i18n';
import type { CallView, ConsultView, Me, TransferTarget } from '../wire';
import { Kbd } from './keylist';
import type { Desk } from './store';

/** Hands the caller on, or asks somebody first. */
export function HandOver({ desk, call }: { desk: Desk; call: CallView }) {
  return call.consult ? (
    <Asking desk={desk} consult={call.consult} held={call.held} />
  ) : (
    <Targets desk={desk} ready={call.conversing} />
  );
}

function Targets({ desk, ready }: { desk: Desk; ready: boolean }) {
  const words = t.value.desk.handOver;
  const rows = targetsOf(desk.view.value?.colleagues ?? [], desk.me);
  return (
    <section class="handover" aria-labelledby="handover-title" data-testid="handover">
      <h2 id="handover-title">{words.title}</h2>
      <p class="soft">{words.help}</p>
      {rows.length === 0 && <p class="soft">{words.nobody}</p>}
      <ul class="targets">
        {rows.map((row) => (
          <li key={row.key} data-testid={`target-${row.key}`}>
            <span class="target-name">
              {row.name} <small class="soft">{row.note}</small>
            </span>
            <button type="button" disabled={!ready || !row.free} onClick={() => void desk.consult(row.to)}>
              {words.askFirst}
            </button>
            <button type="button" disabled={!ready || !row.free} onClick={() => void desk.transfer(row.to)}>
              {words.handOver}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Asking({ desk, consult, held }: { desk: Desk; consult: ConsultView; held: boolean }) {
  const words = t.value.desk.handOver;
  const who = consult.name ?? targetName(consult.to);
  const outside = consult.to.kind === 'referral';
  return (
    <section class="handover asking" aria-live="polite" data-testid="asking">
      <p class="flag">{stateOf(consult, held, who)}</p>
      <div class="actions">
        <button
          type="button"
          class="go big"
          disabled={!consult.answered && !outside}
          onClick={() => void desk.completeConsult()}
          data-testid="complete-consult"
        >
          {consult.conference ? words.leave : words.complete}
        </button>
        <button
          type="button"
          class="big"
          disabled={!consult.answered}
          onClick={() => void desk.swapConsult()}
          data-testid="swap-consult"
        >
          {consult.conference ? words.aside(who) : consult.with_caller ? words.backTo(who) : words.toCaller}
        </button>
        {consult.answered && !consult.conference && (
          <button type="button" class="big" onClick={() => void desk.conference()} data-testid="conference">
            {words.together} <Kbd keys="conference" />
          </button>
        )}
        <button type="button" class="big" onClick={() => void desk.cancelConsult()} data-testid="cancel-consult">
          {consult.conference ? words.letGo(who) : words.cancel}
        </button>
      </div>
    </section>
  );
}

/** Who is in it, and what the others hear. */
function stateOf(consult: ConsultView, held: boolean, who: string): string {
  const words = t.value.desk.handOver;
  if (!consult.answered) return words.rings(who);
  if (consult.conference) return held ? words.speaks(who) : words.allTogether(who);
  return consult.with_caller ? words.withCaller(who) : words.speaks(who);
}

/** One line of the list. */
export interface Target {
  key: string;
  name: string;
  note: string;
  free: boolean;
  to: TransferTarget;
}

/** Colleagues, then lines, then services outside. */
export function targetsOf(
  colleagues: { operator: string; name: string; ready: boolean }[],
  me: Pick<Me, 'lines' | 'referrals'>,
): Target[] {
  const words = t.value.desk.handOver;
  return [
    ...colleagues.map(({ operator, name, ready }) => ({
      key: `operator-${operator}`,
      name,
      note: ready ? words.free : words.busy,
      free: ready,
      to: { kind: 'operator', operator } as const,
    })),
    ...me.lines.map((queue) => ({
      key: `queue-${queue}`,
      name: word(t.value.common.queues, queue),
      note: words.line,
      free: true,
      to: { kind: 'queue', queue } as const,
    })),
    ...me.referrals.map((name) => ({
      key: `referral-${name}`,
      name: word(t.value.common.referrals, name),
      note: words.outside,
      free: true,
      to: { kind: 'referral', name } as const,
    })),
  ];
}

function targetName(to: TransferTarget): string {
  const { queues, referrals } = t.value.common;
  if (to.kind === 'operator') return to.operator;
  return to.kind === 'queue' ? word(queues, to.queue) : word(referrals, to.name);
}

/** The button that opens the list; open by itself while somebody is asked. */
export function useHandOver(call: CallView) {
  const open = useSignal(false);
  return { shown: open.value || call.consult !== null, toggle: () => (open.value = !open.value) };
}
