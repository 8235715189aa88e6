/** How a connection sounds, from what the browser counted in the last seconds. */
export interface Quality {
  rttMs: number;
  jitterMs: number;
  /** 0 to 1. */
  loss: number;
  /** 1 bad … 5 very good. */
  grade: Grade;
}

export type Grade = 1 | 2 | 3 | 4 | 5;

/** Packets so far, to tell the last seconds from all that came before. */
export interface Counted {
  received: number;
  lost: number;
}

/** Reads a report; `before` is what the last reading gave back. Null while nothing has come. */
export function readQuality(report: RTCStats[], before: Counted | null): { quality: Quality; counted: Counted } | null {
  let inbound: RTCInboundRtpStreamStats | null = null;
  let rttMs = 0;
  for (const stats of report) {
    if (stats.type === 'inbound-rtp') inbound = stats as RTCInboundRtpStreamStats;
    if (stats.type === 'candidate-pair') {
      const pair = stats as RTCIceCandidatePairStats;
      if (pair.nominated && pair.currentRoundTripTime !== undefined) rttMs = pair.currentRoundTripTime * 1000;
    }
  }
  if (!inbound) return null;
  const counted = { received: inbound.packetsReceived ?? 0, lost: Math.max(0, inbound.packetsLost ?? 0) };
  const loss = lossSince(counted, before);
  const jitterMs = (inbound.jitter ?? 0) * 1000;
  return { counted, quality: { rttMs, jitterMs, loss, grade: grade(rttMs, jitterMs, loss) } };
}

function lossSince(now: Counted, before: Counted | null): number {
  const lost = Math.max(0, now.lost - (before?.lost ?? 0));
  const received = Math.max(0, now.received - (before?.received ?? 0));
  return lost + received === 0 ? 0 : lost / (lost + received);
}

/** A grade after the E-model (ITU-T G.107) for G.711 with concealment: R = 93.2 − delay − loss impairment. */
export function grade(rttMs: number, jitterMs: number, loss: number): Grade {
  const delay = rttMs / 2 + 2 * jitterMs + 20;
  const delayImpairment = 0.024 * delay + (delay > 177.3 ? 0.11 * (delay - 177.3) : 0);
  const lossImpairment = (95 * loss * 100) / (loss * 100 + 25.1);
  const r = 93.2 - delayImpairment - lossImpairment;
  if (r >= 85) return 5;
  if (r >= 78) return 4;
  if (r >= 68) return 3;
  if (r >= 55) return 2;
  return 1;
}
