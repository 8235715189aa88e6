import { signal } from '@preact/signals';
import { playOn } from '../audio/devices';
import { Microphone, type MicState } from '../audio/microphone';
import { ApiError, api, socketUrl } from '../lib/api';
import { readPrefs } from '../lib/prefs';
import { openPeer, type Peer } from '../rtc/peer';
import type { TryAnswer, TryCall, TryInfo, TryPhase, TryState } from '../wire';

export type PhoneState = 'idle' | 'calling' | 'failed' | TryPhase;

const TONE_MS = 160;
const GAP_MS = 80;

/** The browser as a worker's telephone: one call at a time. */
export class TryPhone {
  readonly state = signal<PhoneState>('idle');
  /** Why the last call ended, by the engine's key. */
  readonly cause = signal<string | null>(null);
  readonly problem = signal<string | null>(null);
  /** Null: not asked yet; `away`: outside trial mode. */
  readonly info = signal<TryInfo | 'away' | null>(null);
  readonly remote = signal<MediaStream | null>(null);
  readonly since = signal<number | null>(null);
  readonly microphone = new Microphone();

  private peer: (Peer & { sender: RTCRtpSender }) | null = null;
  private socket: WebSocket | null = null;
  private leg: string | null = null;
  private round = 0;

  constructor() {
    this.microphone.onTrack = (track) => void this.peer?.replace(track);
    addEventListener('pagehide', () => this.tellGone(true));
    api<TryInfo>('/api/try').then(
      (info) => {
        this.info.value = info;
      },
      (error: unknown) => {
        this.info.value = 'away';
        if (!(error instanceof ApiError && error.status === 404)) this.problem.value = codeOf(error);
      },
    );
  }

  /** Whether a call is under way. */
  busy(): boolean {
    return !['idle', 'ended', 'failed'].includes(this.state.value);
  }

  /** Dials. */
  async call(afterHours: boolean): Promise<void> {
    if (this.busy()) return;
    const round = ++this.round;
    this.state.value = 'calling';
    this.cause.value = null;
    this.problem.value = null;
    try {
      await this.connect(afterHours, round);
    } catch (error) {
      if (round !== this.round) return;
      this.problem.value = codeOf(error);
      this.end('failed');
    }
  }

  /** Hangs up. */
  hangUp(): void {
    this.tellGone(false);
    this.end('ended');
  }

  /** Sends a key (RFC 4733), heard by the engine as from any telephone. */
  key(digit: string): void {
    const { dtmf } = this.peer?.sender ?? {};
    dtmf?.insertDTMF(dtmf.toneBuffer + digit, TONE_MS, GAP_MS);
  }

  /** Plays the helpline's voice. */
  playHere(element: HTMLAudioElement | null): void {
    if (!element) return;
    element.srcObject = this.remote.value;
    void playOn(element, readPrefs().speaker);
  }

  private async connect(afterHours: boolean, round: number): Promise<void> {
    await this.microphone.open();
    const track = this.microphone.sending;
    if (!track) throw new MicrophoneFault(this.microphone.state.value);
    const peer = openPeer(track, {
      onState: (state) => round === this.round && state === 'failed' && this.end('failed'),
      onAudio: (stream) => {
        if (round === this.round) this.remote.value = stream;
      },
    });
    this.peer = peer;
    const body: TryCall = { sdp: await peer.offer(), after_hours: afterHours };
    const answer = await api<TryAnswer>('/api/try/calls', { method: 'POST', body });
    this.leg = answer.leg;
    // Hung up while the answer was on its way.
    if (round !== this.round) return this.tellGone(false);
    this.watch(answer.leg, round);
    await peer.accept(answer.sdp);
    this.since.value = Date.now();
  }

  private watch(leg: string, round: number): void {
    const socket = new WebSocket(socketUrl(`/api/try/calls/${encodeURIComponent(leg)}`));
    this.socket = socket;
    socket.onmessage = (event) => {
      if (round !== this.round) return;
      const { state, cause } = JSON.parse(String(event.data)) as TryState;
      if (state === 'ended') {
        this.cause.value = cause;
        this.end('ended');
      } else this.state.value = state;
    };
  }

  private tellGone(leaving: boolean): void {
    if (!this.leg) return;
    const path = `/api/try/calls/${encodeURIComponent(this.leg)}`;
    this.leg = null;
    void fetch(path, { method: 'DELETE', keepalive: leaving }).catch(() => undefined);
  }

  private end(state: 'ended' | 'failed'): void {
    this.round++;
    this.leg = null;
    this.socket?.close();
    this.socket = null;
    this.peer?.close();
    this.peer = null;
    this.remote.value = null;
    this.since.value = null;
    this.microphone.close();
    this.state.value = state;
  }
}

/** A microphone that did not come. */
class MicrophoneFault extends Error {
  constructor(readonly state: MicState) {
    super(state);
  }
}

function codeOf(error: unknown): string {
  if (error instanceof ApiError) return error.code;
  return error instanceof MicrophoneFault ? error.state : 'failed';
}
