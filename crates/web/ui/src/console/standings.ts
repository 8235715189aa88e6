import type { ObligationRow } from '../wire';

/** Where something that we owe stands, in the order of the page: `store::Standing`. */
export const STANDINGS = [
  'open',
  'due',
  'late',
  'planned',
  'supervisor',
  'exhausted',
  'review',
  'do_not_call',
  'in_hand',
  'discharged',
] as const;

export type Standing = (typeof STANDINGS)[number];

const DAY_MS = 24 * 3600_000;

/** What a row is said to be beside its state, by its times. */
export function standingsOf(row: ObligationRow, at: number): ('due' | 'late' | 'exhausted')[] {
  if (row.state !== 'open') return [];
  const told = row.promise ? Date.parse(row.promise) : Date.parse(row.opened) + DAY_MS;
  const late = row.list !== 'do_not_call' && told < at;
  const due = row.due !== null && Date.parse(row.due) <= at;
  return [
    ...(late ? (['late'] as const) : []),
    ...(due ? (['due'] as const) : []),
    ...(row.list_reason === 'exhausted' ? (['exhausted'] as const) : []),
  ];
}
