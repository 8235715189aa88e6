import { describe, expect, it } from 'vitest';
import { dayAfter, fromBeijing, readHours, weekdayOf } from './week';

describe('hours', () => {
  it('are read as people type them', () => {
    expect(readHours('09:00-21:00')).toEqual(['09:00-21:00']);
    expect(readHours(' 13:00 – 21:00，9-12 ')).toEqual(['09:00-12:00', '13:00-21:00']);
    expect(readHours('22：00到24:00')).toEqual(['22:00-24:00']);
    expect(readHours('')).toEqual([]);
  });

  it('are refused where they make no sense', () => {
    for (const text of ['21:00-09:00', '9-25', '09:60-10:00', 'all day', '09:00-12:00 12:00-13:00', '9-12 11-13'])
      expect(readHours(text), text).toBeUndefined();
  });
});

describe('days', () => {
  it('follow each other over months and weeks', () => {
    expect(dayAfter('2026-11-30', 1)).toBe('2026-12-01');
    expect(dayAfter('2027-01-04', -7)).toBe('2026-12-28');
    expect(weekdayOf('2026-11-30')).toBe(0);
    expect(weekdayOf('2026-12-06')).toBe(6);
  });

  it('are those of Beijing', () => {
    expect(fromBeijing('2027-02-06T07:30')).toBe('2027-02-05T23:30:00.000Z');
    expect(fromBeijing('soon')).toBeNull();
  });
});
