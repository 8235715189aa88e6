import { signal } from '@preact/signals';
import { Backoff } from './backoff';

export type SocketState = 'off' | 'connecting' | 'open';

/** What we need of a WebSocket, so that tests can play one. */
export type Wire = Pick<WebSocket, 'send' | 'close' | 'onopen' | 'onmessage' | 'onclose' | 'readyState'>;

export interface SocketDeps<In> {
  connect(): Wire;
  /** Everything but replies and pongs. */
  onMessage(message: In): void;
  /** Opened, for the first time or again. */
  onOpen(): void;
  /** A try to connect came to nothing; true: stop trying. */
  onFailed(): Promise<boolean>;
}

const PING_EVERY_MS = 3000;
const PONG_WITHIN_MS = 4000;
const CONNECT_WITHIN_MS = 5000;
const REPLY_WITHIN_MS = 5000;
const OPEN = 1;

type Incoming = { type: 'reply'; id: number; error: string | null } | { type: 'pong'; id: number } | { type: string };

/** A WebSocket that comes back by itself, notices when it has died, and matches replies with what was asked. */
export class LiveSocket<Ask, In extends { type: string }> {
  readonly state = signal<SocketState>('off');
  readonly rttMs = signal<number | null>(null);
  private wire: Wire | null = null;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private watch: ReturnType<typeof setTimeout> | undefined;
  private pinger: ReturnType<typeof setInterval> | undefined;
  private lastId = 0;
  private pingSent = 0;
  private readonly asked = new Map<number, (error: string | null) => void>();
  private readonly backoff: Backoff;

  constructor(
    private readonly deps: SocketDeps<In>,
    random: () => number = Math.random,
  ) {
    this.backoff = new Backoff(250, 5000, random);
  }

  open(): void {
    if (this.state.value === 'off') this.connect();
  }

  close(): void {
    this.drop();
    this.backoff.reset();
    this.state.value = 'off';
  }

  /** The network is back: do not wait for the next try. */
  hurry(): void {
    if (this.state.value === 'connecting') this.connect();
    else if (this.state.value === 'open') this.ping();
  }

  /** Asks; gives the code of the problem, or null once it is done. Never kept for later: a late "answer" could take another call. */
  ask(ask: Ask): Promise<string | null> {
    if (this.wire?.readyState !== OPEN) return Promise.resolve('offline');
    const id = ++this.lastId;
    const reply = new Promise<string | null>((done) => {
      this.asked.set(id, done);
      setTimeout(() => this.settle(id, 'timeout'), REPLY_WITHIN_MS);
    });
    this.wire.send(JSON.stringify({ type: 'ask', id, ask }));
    return reply;
  }

  private connect(): void {
    this.drop();
    this.state.value = 'connecting';
    const wire = this.deps.connect();
    this.wire = wire;
    this.watch = setTimeout(() => this.lost(wire), CONNECT_WITHIN_MS);
    wire.onopen = () => this.opened(wire);
    wire.onclose = () => this.lost(wire);
    wire.onmessage = (event) => this.received(String(event.data));
  }

  private opened(wire: Wire): void {
    if (wire !== this.wire) return;
    clearTimeout(this.watch);
    this.watch = undefined;
    this.backoff.reset();
    this.state.value = 'open';
    this.pinger = setInterval(() => this.ping(), PING_EVERY_MS);
    this.ping();
    this.deps.onOpen();
  }

  private lost(wire: Wire): void {
    if (wire !== this.wire) return;
    const wasOpen = this.state.value === 'open';
    this.drop();
    this.state.value = 'connecting';
    if (wasOpen) this.again();
    else
      void this.deps
        .onFailed()
        .then((stop) => this.state.value === 'connecting' && !this.wire && (stop ? this.close() : this.again()));
  }

  private again(): void {
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.connect(), this.backoff.next());
  }

  /** A half-open connection says nothing for minutes: without a pong in time it is given up. */
  private ping(): void {
    if (this.watch !== undefined || this.wire?.readyState !== OPEN) return;
    const wire = this.wire;
    this.pingSent = performance.now();
    this.watch = setTimeout(() => this.lost(wire), PONG_WITHIN_MS);
    wire.send(JSON.stringify({ type: 'ping', id: ++this.lastId }));
  }

  private received(text: string): void {
    const message = JSON.parse(text) as Incoming;
    if (message.type === 'pong') {
      clearTimeout(this.watch);
      this.watch = undefined;
      this.rttMs.value = performance.now() - this.pingSent;
    } else if (message.type === 'reply') {
      const { id, error } = message as { id: number; error: string | null };
      this.settle(id, error ?? null);
    } else {
      this.deps.onMessage(message as unknown as In);
    }
  }

  private settle(id: number, error: string | null): void {
    this.asked.get(id)?.(error);
    this.asked.delete(id);
  }

  private drop(): void {
    clearTimeout(this.retry);
    clearTimeout(this.watch);
    clearInterval(this.pinger);
    this.watch = undefined;
    const wire = this.wire;
    this.wire = null;
    if (wire) {
      wire.onopen = wire.onclose = wire.onmessage = null;
      wire.close();
    }
    for (const id of [...this.asked.keys()]) this.settle(id, 'offline');
  }
}
