import { beijingDay } from '../lib/time';

/** What the call log is narrowed to, as it stands in the address. Days are Beijing days. */
export interface Filters {
  from: string;
  to: string;
  cause: string;
  outcome: string;
  language: string;
  operator: string;
  state: string;
  /** Where the page begins; empty: at the newest. */
  after: string;
}

export const NONE: Filters = {
  from: '',
  to: '',
  cause: '',
  outcome: '',
  language: '',
  operator: '',
  state: '',
  after: '',
};

const NAMES = Object.keys(NONE) as (keyof Filters)[];

/** Rows of a page. */
export const PAGE = 50;

/** Reads the query of an address. */
export function filtersOf(query: string): Filters {
  const given = new URLSearchParams(query);
  return Object.fromEntries(NAMES.map((name) => [name, given.get(name) ?? ''])) as unknown as Filters;
}

/** The query of an address; empty filters leave no trace. */
export function queryOf(filters: Filters): string {
  const query = new URLSearchParams(NAMES.filter((name) => filters[name]).map((name) => [name, filters[name]]));
  return query.size > 0 ? `?${query}` : '';
}

/** A change of a filter begins at the newest again. */
export function changed(filters: Filters, change: Partial<Filters>): Filters {
  return { ...filters, after: '', ...change };
}

/** What the engine is asked: days become moments in UTC, the last day is included whole. */
export function callsPath(filters: Filters): string {
  const from = beijingDay(filters.from) ?? '';
  const to = beijingDay(filters.to, true) ?? '';
  const query = new URLSearchParams(queryOf({ ...filters, from, to }));
  query.set('limit', String(PAGE));
  return `/api/calls?${query}`;
}

/** Whether the log is narrowed at all. */
export function narrowed(filters: Filters): boolean {
  return NAMES.some((name) => name !== 'after' && filters[name] !== '');
}
