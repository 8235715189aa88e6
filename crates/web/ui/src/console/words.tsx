import type { ComponentChildren } from 'preact';
import { t, word } from '../i18n';
import { clock } from '../lib/time';

/** A key from the record in words, or a dash. */
export function Said({ list, value }: { list: Record<string, string>; value: string | null }) {
  return <>{value ? word(list, value) : t.value.common.unknown}</>;
}

/** How long something took. */
export function Took({ ms }: { ms: number | null }) {
  return <span class="digits">{ms === null ? t.value.common.unknown : clock(ms)}</span>;
}

/** A caller as far as a supervisor sees them in a list. */
export function Caller({ masked }: { masked: string }) {
  return masked ? <span class="digits">{masked}</span> : <span class="soft">{t.value.common.withheld}</span>;
}

/** Where an obligation stands: colour, sign and word. */
export function ObligationState({ state }: { state: string | null }) {
  const signs: Record<string, string> = { open: '●', in_hand: '◐', discharged: '✓' };
  if (!state) return <>{t.value.common.unknown}</>;
  return (
    <span class={`owed ${state}`}>
      <span aria-hidden="true">{signs[state] ?? ''} </span>
      {word(t.value.console.obligationStates, state)}
    </span>
  );
}

/** Why a list could not be read. */
export function ListProblem({ code }: { code: string | null }) {
  if (!code || code === 'offline' || code === 'signed_out') return null;
  return (
    <p class="notice stop" role="alert" data-testid="notice" data-reason={code}>
      {word(t.value.common.problems, code)}
    </p>
  );
}

/** A cell with its head beside it where the screen is too narrow for a table. */
export function Cell({
  name,
  children,
  ...data
}: {
  name: string;
  children: ComponentChildren;
  [data: `data-${string}`]: string;
}) {
  return (
    <td data-name={name} {...data}>
      <span>{children}</span>
    </td>
  );
}
