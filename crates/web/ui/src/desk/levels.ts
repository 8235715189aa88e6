import { effect, signal } from '@preact/signals';
import { bar, Lasting, Meter, SPEECH_DBFS } from '../audio/level';
import { audioContext } from '../audio/sound';
import type { Desk } from './store';

const EVERY_MS = 100;

/** How loud both sides are, 0 to 100, and what follows from it. */
export const levels = {
  mic: signal(0),
  caller: signal(0),
  micSilent: signal(false),
  mutedSpeaking: signal(false),
};

/** Measures from now on. */
export function watchLevels(desk: Desk): void {
  const mic = new Tap(desk.microphone.heard);
  const caller = new Tap(desk.remote);
  const speaks = new Lasting(400);
  const silent = new Lasting(15_000);
  let warnUntil = 0;
  setInterval(() => {
    const at = performance.now();
    const level = mic.dbfs();
    const running = level !== null && audioContext().state === 'running';
    const talking = Boolean(desk.view.value?.call);
    if (speaks.is(running && talking && desk.muted.value && level > SPEECH_DBFS, at)) warnUntil = at + 3000;
    levels.mutedSpeaking.value = desk.muted.value && at < warnUntil;
    levels.micSilent.value = silent.is(
      running && talking && !desk.muted.value && level === Number.NEGATIVE_INFINITY,
      at,
    );
    levels.mic.value = bar(level ?? Number.NEGATIVE_INFINITY);
    levels.caller.value = bar(caller.dbfs() ?? Number.NEGATIVE_INFINITY);
  }, EVERY_MS);
}

/** A meter that follows a stream from one device or leg to the next. */
class Tap {
  private meter: Meter | null = null;

  constructor(stream: { value: MediaStream | null }) {
    effect(() => {
      this.meter?.close();
      this.meter = stream.value ? new Meter(stream.value) : null;
    });
  }

  dbfs(): number | null {
    return this.meter?.dbfs() ?? null;
  }
}
