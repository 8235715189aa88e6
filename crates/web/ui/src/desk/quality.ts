import { signal } from '@preact/signals';
import { type Counted, type Quality, readQuality } from '../rtc/quality';
import type { Desk } from './store';

const EVERY_MS = 2000;

/** How the leg sounds; null while it is down. */
export const quality = signal<Quality | null>(null);

/** Reads the browser's figures from now on. */
export function watchQuality(desk: Desk): void {
  let before: Counted | null = null;
  setInterval(async () => {
    const report = desk.leg.state.value === 'up' ? await desk.leg.stats()?.catch(() => null) : null;
    const read = report ? readQuality(entries(report), before) : null;
    before = read?.counted ?? null;
    quality.value = read?.quality ?? null;
  }, EVERY_MS);
}

function entries(report: RTCStatsReport): RTCStats[] {
  const all: RTCStats[] = [];
  report.forEach((stats: RTCStats) => {
    all.push(stats);
  });
  return all;
}
