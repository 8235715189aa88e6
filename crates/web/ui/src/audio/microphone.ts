import { signal } from '@preact/signals';
import { readPrefs } from '../lib/prefs';

/** How the microphone stands. Anything but `live`, `asking` and `off` is a fault with a sentence of its own. */
export type MicState =
  'off' | 'asking' | 'live' | 'blocked' | 'missing' | 'in_use' | 'insecure' | 'unplugged' | 'failed';

/** The one microphone of a page: `heard` is for meters, `sending` is what leaves the machine and goes quiet by `mute`. */
export class Microphone {
  readonly state = signal<MicState>('off');
  /** The chosen device is away, another one serves. */
  readonly substituted = signal(false);
  /** Its own switch or the system mutes it. */
  readonly switchedOff = signal(false);
  readonly heard = signal<MediaStream | null>(null);
  /** Told of each new track to send. */
  onTrack: (track: MediaStreamTrack) => void = () => undefined;
  sending: MediaStreamTrack | null = null;

  private muted = false;
  private round = 0;

  /** Opens the chosen device, or another one if it is away. */
  async open(): Promise<boolean> {
    const round = ++this.round;
    if (this.state.value !== 'live') this.state.value = 'asking';
    try {
      const stream = await this.acquire(readPrefs().microphone);
      if (round !== this.round) {
        stop(stream);
        return false;
      }
      this.adopt(stream);
      return true;
    } catch (error) {
      if (round === this.round) this.fail(faultOf(error));
      return false;
    }
  }

  /** Lets the device go. */
  close(): void {
    this.round++;
    this.release();
    this.state.value = 'off';
  }

  /** Sends silence at once, whatever the network does. */
  mute(on: boolean): void {
    this.muted = on;
    if (this.sending) this.sending.enabled = !on;
  }

  /** Devices came or went: a microphone that was away may be back. */
  async devicesChanged(): Promise<void> {
    const waits: MicState[] = ['missing', 'unplugged', 'failed', 'in_use'];
    if (waits.includes(this.state.value) || this.substituted.value) await this.open();
  }

  private async acquire(wanted: string): Promise<MediaStream> {
    if (!navigator.mediaDevices) throw new DOMException('no secure context', 'SecurityError');
    this.substituted.value = false;
    if (wanted) {
      try {
        return await navigator.mediaDevices.getUserMedia({ audio: constraints({ exact: wanted }) });
      } catch (error) {
        if (!isAway(error)) throw error;
        this.substituted.value = true;
      }
    }
    return navigator.mediaDevices.getUserMedia({ audio: constraints() });
  }

  private adopt(stream: MediaStream): void {
    this.release();
    const track = stream.getAudioTracks()[0];
    if (!track) return this.fail('failed');
    const sending = track.clone();
    sending.enabled = !this.muted;
    track.onended = () => this.ended(track);
    track.onmute = () => {
      this.switchedOff.value = true;
    };
    track.onunmute = () => {
      this.switchedOff.value = false;
    };
    this.switchedOff.value = track.muted;
    this.sending = sending;
    this.heard.value = stream;
    this.state.value = 'live';
    this.onTrack(sending);
  }

  /** Unplugged, or the permission was taken back: asking again tells which, or finds another device. */
  private async ended(track: MediaStreamTrack): Promise<void> {
    if (this.heard.value?.getAudioTracks()[0] !== track) return;
    this.fail('unplugged');
    await this.open();
    if (this.state.value === 'missing') this.state.value = 'unplugged';
  }

  private fail(state: MicState): void {
    this.release();
    this.state.value = state;
  }

  private release(): void {
    const heard = this.heard.value;
    this.heard.value = null;
    this.sending?.stop();
    this.sending = null;
    if (heard) stop(heard);
  }
}

function constraints(device?: { exact: string }): MediaTrackConstraints {
  const on = readPrefs().processing;
  const processing = { echoCancellation: on, noiseSuppression: on, autoGainControl: on, channelCount: 1 };
  return device ? { ...processing, deviceId: device } : processing;
}

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) {
    track.onended = null;
    track.stop();
  }
}

function nameOf(error: unknown): string {
  return error instanceof DOMException || error instanceof Error ? error.name : '';
}

function isAway(error: unknown): boolean {
  return ['OverconstrainedError', 'NotFoundError'].includes(nameOf(error));
}

/** What went wrong, from the names that the Media Capture specification gives. */
export function faultOf(error: unknown): MicState {
  const faults: Record<string, MicState> = {
    NotAllowedError: 'blocked',
    SecurityError: 'insecure',
    NotFoundError: 'missing',
    OverconstrainedError: 'missing',
    NotReadableError: 'in_use',
    AbortError: 'failed',
  };
  return faults[nameOf(error)] ?? 'failed';
}
