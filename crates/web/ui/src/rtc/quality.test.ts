import { describe, expect, it } from 'vitest';
import { grade, readQuality } from './quality';

const inbound = (received: number, lost: number) =>
  ({ type: 'inbound-rtp', packetsReceived: received, packetsLost: lost, jitter: 0.004 }) as unknown as RTCStats;
const pair = { type: 'candidate-pair', nominated: true, currentRoundTripTime: 0.03 } as unknown as RTCStats;

describe('quality', () => {
  it('reads round trip, jitter and the loss since the last reading', () => {
    const first = readQuality([inbound(1000, 100), pair], null);
    const second = readQuality([pair, inbound(1100, 100)], first?.counted ?? null);
    expect(second?.quality).toEqual({ rttMs: 30, jitterMs: 4, loss: 0, grade: 5 });
  });

  it('is unknown while nothing has come', () => expect(readQuality([pair], null)).toBeNull());

  it('does not go below nothing when counters start anew', () => {
    expect(readQuality([inbound(5, 0)], { received: 900, lost: 9 })?.quality.loss).toBe(0);
  });

  it('grades as people hear', () => {
    expect(grade(20, 2, 0)).toBe(5);
    expect(grade(20, 2, 0.03)).toBe(4);
    expect(grade(20, 2, 0.06)).toBe(3);
    expect(grade(20, 2, 0.12)).toBe(2);
    expect(grade(900, 40, 0.3)).toBe(1);
  });
});
