import { describe, expect, it } from 'vitest';
import { beijing, beijingDay, beijingExact, clock, countdown, fromBeijing, since } from './time';

describe('clock', () => {
  it.each([
    [0, '0:00'],
    [999, '0:00'],
    [61_000, '1:01'],
    [3_599_999, '59:59'],
    [3_600_000, '1:00:00'],
    [-5000, '0:00'],
  ])('%d ms is %s', (ms, text) => expect(clock(ms)).toBe(text));
});

describe('countdown', () => {
  const at = Date.parse('2026-11-22T10:00:00Z');
  it('shows 1 until it is over', () => {
    expect(countdown('2026-11-22T10:00:00.001Z', at)).toBe('0:01');
    expect(countdown('2026-11-22T10:00:20Z', at)).toBe('0:20');
  });
  it('stays at zero afterwards, and for what is no time', () => {
    expect(countdown('2026-11-22T09:00:00Z', at)).toBe('0:00');
    expect(countdown('never', at)).toBe('0:00');
  });
});

describe('since', () => {
  it('never counts backwards', () => {
    expect(since('2026-11-22T10:00:05Z', Date.parse('2026-11-22T10:00:00Z'))).toBe(0);
    expect(since('nonsense', 5)).toBe(0);
  });
});

describe('Beijing time', () => {
  it('is eight hours ahead, wherever the machine is', () => {
    expect(beijing('2026-11-22T16:30:05Z')).toBe('2026-11-23 00:30:05');
    expect(beijingExact('2026-11-22T12:59:59.999Z')).toBe('20:59:59.999');
  });
  it('leaves alone what is no time', () => expect(beijing('soon')).toBe('soon'));
  it('bounds a day by Beijing midnights', () => {
    expect(beijingDay('2026-11-22')).toBe('2026-11-21T16:00:00.000Z');
    expect(beijingDay('2026-11-22', true)).toBe('2026-11-22T16:00:00.000Z');
    expect(beijingDay('22.11.2026')).toBeNull();
    expect(beijingDay('2026-99-99')).toBeNull();
  });
});

describe('fromBeijing', () => {
  it('means Beijing wherever the machine is, and is nothing for nothing', () => {
    expect(fromBeijing('2026-11-28T14:30')).toBe('2026-11-28T06:30:00.000Z');
    expect(fromBeijing('')).toBeNull();
  });
});
