import { signal } from '@preact/signals';
import { Backoff } from '../lib/backoff';
import type { Peer, PeerEvents } from './peer';

/** `opening` also while it re-opens. */
export type LegState = 'off' | 'opening' | 'up';

export interface LegDeps {
  /** The track to send now, if a microphone is live. */
  track(): MediaStreamTrack | null;
  peer(track: MediaStreamTrack, events: PeerEvents): Peer;
  /** Hands our offer to the engine; gives its answer. */
  exchange(sdp: string): Promise<string>;
  onAudio(stream: MediaStream): void;
  /** An exchange failed; true: trying again is of no use. */
  onRefused(error: unknown): boolean;
}

/** A connection that breaks for a moment often mends itself. */
const MEND_MS = 1500;
const CONNECT_MS = 8000;

/** The operator's audio leg: once opened it stays up for the shift, whatever the network does. */
export class DeskLeg {
  readonly state = signal<LegState>('off');
  private peer: Peer | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly backoff: Backoff;
  private round = 0;

  constructor(
    private readonly deps: LegDeps,
    random: () => number = Math.random,
  ) {
    this.backoff = new Backoff(250, 5000, random);
  }

  /** Opens the leg, or opens it anew in place of the one there is. */
  open(): void {
    const track = this.deps.track();
    this.drop();
    this.state.value = 'opening';
    if (track) void this.connect(track, this.round);
  }

  /** Ends it. */
  close(): void {
    this.drop();
    this.backoff.reset();
    this.state.value = 'off';
  }

  /** A new microphone: heard on the leg that is up, or the reason to open one at last. */
  microphone(track: MediaStreamTrack): void {
    if (this.state.value === 'off') return;
    if (!this.peer) return this.open();
    this.peer.replace(track).catch(() => this.open());
  }

  /** The browser's figures of the leg. */
  stats(): Promise<RTCStatsReport> | null {
    return this.peer?.stats() ?? null;
  }

  private async connect(track: MediaStreamTrack, round: number): Promise<void> {
    const peer = this.deps.peer(track, {
      onState: (state) => round === this.round && this.changed(state),
      onAudio: (stream) => round === this.round && this.deps.onAudio(stream),
    });
    this.peer = peer;
    try {
      const answer = await this.deps.exchange(await peer.offer());
      if (round !== this.round) return;
      await peer.accept(answer);
      if (round === this.round && this.state.value !== 'up') this.later(CONNECT_MS);
    } catch (error) {
      if (round !== this.round) return;
      if (this.deps.onRefused(error)) return this.close();
      this.retry();
    }
  }

  private changed(state: RTCPeerConnectionState): void {
    switch (state) {
      case 'connected':
        clearTimeout(this.timer);
        this.backoff.reset();
        this.state.value = 'up';
        return;
      case 'disconnected':
        this.state.value = 'opening';
        return this.later(MEND_MS);
      case 'failed':
      case 'closed':
        return this.retry();
      case 'new':
      case 'connecting':
        return;
    }
  }

  private retry(): void {
    this.drop();
    this.state.value = 'opening';
    this.later(this.backoff.next());
  }

  private later(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.open(), ms);
  }

  private drop(): void {
    clearTimeout(this.timer);
    this.round++;
    this.peer?.close();
    this.peer = null;
  }
}
