import { describe, expect, it } from 'vitest';
import { bar, Lasting, loudness } from './level';
import { faultOf } from './microphone';

describe('loudness', () => {
  it('is 0 dBFS for a full square wave, nothing for digital silence', () => {
    expect(loudness(new Float32Array([1, -1, 1, -1]))).toBeCloseTo(0);
    expect(loudness(new Float32Array([0.1, -0.1]))).toBeCloseTo(-20);
    expect(loudness(new Float32Array(8))).toBe(Number.NEGATIVE_INFINITY);
  });

  it('stands on a bar from 0 to 100', () => {
    expect([Number.NEGATIVE_INFINITY, -60, -33, 0].map(bar)).toEqual([0, 0, 50, 100]);
  });
});

describe('lasting', () => {
  it('is true only after the whole time, and begins anew', () => {
    const lasting = new Lasting(400);
    expect([0, 200, 399, 400].map((at) => lasting.is(true, at))).toEqual([false, false, false, true]);
    expect(lasting.is(false, 500)).toBe(false);
    expect([600, 1000].map((at) => lasting.is(true, at))).toEqual([false, true]);
  });
});

describe('microphone faults', () => {
  it.each([
    ['NotAllowedError', 'blocked'],
    ['NotFoundError', 'missing'],
    ['NotReadableError', 'in_use'],
    ['SecurityError', 'insecure'],
    ['Whatever', 'failed'],
  ])('%s is %s', (name, state) => expect(faultOf(new DOMException('', name))).toBe(state));
});
