import { describe, expect, it } from 'vitest';
import { callsPath, changed, filtersOf, NONE, narrowed, queryOf } from './filters';
import { callPath, routeOf } from './route';

describe('filters', () => {
  it('stand in the address and come back from it', () => {
    const filters = { ...NONE, from: '2026-11-01', operator: '李 & co', after: 'c/9' };
    expect(filtersOf(queryOf(filters))).toEqual(filters);
    expect(queryOf(NONE)).toBe('');
  });

  it('begin at the newest when they change', () => {
    expect(changed({ ...NONE, after: 'c9' }, { language: 'yue' })).toEqual({ ...NONE, language: 'yue' });
  });

  it('ask the engine for whole Beijing days in UTC', () => {
    const asked = new URL(callsPath({ ...NONE, from: '2026-11-22', to: '2026-11-22', cause: 'abandoned' }), 'http://x');
    expect(Object.fromEntries(asked.searchParams)).toEqual({
      from: '2026-11-21T16:00:00.000Z',
      to: '2026-11-22T16:00:00.000Z',
      cause: 'abandoned',
      limit: '50',
    });
  });

  it('drop a day that is none', () => {
    expect(callsPath({ ...NONE, from: 'yesterday' })).toBe('/api/calls?limit=50');
  });

  it('know whether they narrow', () => {
    expect(narrowed({ ...NONE, after: 'x' })).toBe(false);
    expect(narrowed({ ...NONE, state: 'open' })).toBe(true);
  });
});

describe('routes', () => {
  it('are read from the path', () => {
    expect(routeOf('/console')).toEqual({ page: 'calls' });
    expect(routeOf('/console/')).toEqual({ page: 'calls' });
    expect(routeOf('/console/obligations')).toEqual({ page: 'obligations' });
    expect(routeOf(callPath('j1.7.42'))).toEqual({ page: 'call', journey: 'j1.7.42' });
    expect(routeOf('/console/nonsense')).toEqual({ page: 'calls' });
  });
});
