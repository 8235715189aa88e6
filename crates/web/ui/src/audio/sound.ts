import { signal } from '@preact/signals';
import { playOn } from './devices';

let shared: AudioContext | null = null;

/** The browser holds sound back until someone clicks or presses a key. */
export const soundBlocked = signal(false);

/** The page's audio clock and graph. */
export function audioContext(): AudioContext {
  if (!shared) {
    shared = new AudioContext();
    shared.onstatechange = watch;
    watch();
  }
  return shared;
}

function watch(): void {
  if (shared?.state === 'running') soundBlocked.value = false;
}

/** Within a click or key press this always works; outside one the browser may refuse. */
export async function unlockSound(): Promise<void> {
  const context = audioContext();
  // A refused resume never settles.
  await Promise.race([context.resume().catch(() => undefined), new Promise((done) => setTimeout(done, 300))]);
  soundBlocked.value = context.state !== 'running';
}

/** Any click or key on the page lets the sound on, should the browser hold it back. */
export function unlockAtFirstGesture(): void {
  const unlock = () => {
    if (audioContext().state !== 'running') void unlockSound();
  };
  addEventListener('pointerdown', unlock, { capture: true });
  addEventListener('keydown', unlock, { capture: true });
}

/** A way out of the page's graph to a device of its own. */
export class Outlet {
  private readonly element = new Audio();
  private readonly destination = audioContext().createMediaStreamDestination();

  constructor() {
    this.element.srcObject = this.destination.stream;
  }

  /** Plays a buffer on a device, once or over and over; gives what stops it. */
  play(buffer: AudioBuffer, device: string, loop = false): () => void {
    const source = audioContext().createBufferSource();
    source.buffer = buffer;
    source.loop = loop;
    source.connect(this.destination);
    source.start();
    playOn(this.element, device)
      .then(() => this.element.play())
      .catch(() => {
        soundBlocked.value = true;
      });
    return () => {
      source.stop();
      source.disconnect();
    };
  }
}

/** The Chinese ring: 450 Hz, one second on, four off. In a buffer, so that it needs no timer, which a hidden page may not get. */
export function ringBuffer(): AudioBuffer {
  return tone(450, 1, 5);
}

/** A soft second of 440 Hz to find the right device by. */
export function testBuffer(): AudioBuffer {
  return tone(440, 1, 1);
}

function tone(hertz: number, on: number, whole: number): AudioBuffer {
  const rate = audioContext().sampleRate;
  const buffer = audioContext().createBuffer(1, Math.round(rate * whole), rate);
  const samples = buffer.getChannelData(0);
  const sounding = Math.round(rate * on);
  for (let i = 0; i < sounding; i++) {
    const edge = Math.min(1, i / (rate * 0.02), (sounding - i) / (rate * 0.02));
    samples[i] = 0.25 * edge * Math.sin((2 * Math.PI * hertz * i) / rate);
  }
  return buffer;
}
