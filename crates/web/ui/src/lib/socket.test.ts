import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Backoff } from './backoff';
import { LiveSocket, type Wire } from './socket';

const steady = () => 0;

class FakeWire {
  readyState = 0;
  sent: { type: string; id: number }[] = [];
  closed = false;
  onopen: Wire['onopen'] = null;
  onmessage: Wire['onmessage'] = null;
  onclose: Wire['onclose'] = null;
  send(text: string) {
    this.sent.push(JSON.parse(text) as (typeof this.sent)[number]);
  }
  close() {
    this.closed = true;
    this.readyState = 3;
  }
  opens() {
    this.readyState = 1;
    this.onopen?.call(this as never, {} as Event);
  }
  says(message: object) {
    this.onmessage?.call(this as never, { data: JSON.stringify(message) } as MessageEvent);
  }
  breaks() {
    this.readyState = 3;
    this.onclose?.call(this as never, {} as CloseEvent);
  }
}

let wires: FakeWire[];
let heard: object[];
let opened: number;
let signedOut: boolean;

const last = () => wires.at(-1) as FakeWire;
const fresh = () =>
  new LiveSocket<object, { type: string }>(
    {
      connect: () => {
        wires.push(new FakeWire());
        return last() as unknown as Wire;
      },
      onMessage: (message) => heard.push(message),
      onOpen: () => opened++,
      onFailed: () => Promise.resolve(signedOut),
    },
    steady,
  );

beforeEach(() => {
  vi.useFakeTimers();
  [wires, heard, opened, signedOut] = [[], [], 0, false];
});
afterEach(() => vi.useRealTimers());

describe('backoff', () => {
  it('doubles from a quarter second to five', () => {
    const backoff = new Backoff(250, 5000, steady);
    expect([1, 2, 3, 4, 5, 6, 7].map(() => backoff.next())).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000]);
    backoff.reset();
    expect(backoff.next()).toBe(250);
  });

  it('is shaken so that desks do not return in step', () => {
    expect(new Backoff(1000, 5000, () => 1).next()).toBe(750);
  });
});

describe('the socket', () => {
  it('comes back by itself, ever more patiently', async () => {
    const socket = fresh();
    socket.open();
    last().opens();
    last().breaks();
    expect(socket.state.value).toBe('connecting');
    await vi.advanceTimersByTimeAsync(249);
    expect(wires.length).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(wires.length).toBe(2);
    last().breaks();
    await vi.advanceTimersByTimeAsync(499);
    expect(wires.length).toBe(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(wires.length).toBe(3);
    last().opens();
    expect([socket.state.value, opened]).toEqual(['open', 2]);
  });

  it('gives up a connection that is half open', async () => {
    const socket = fresh();
    socket.open();
    last().opens();
    expect(last().sent[0]?.type).toBe('ping');
    last().says({ type: 'pong', id: last().sent[0]?.id });
    await vi.advanceTimersByTimeAsync(3000);
    expect(last().sent.length).toBe(2);
    await vi.advanceTimersByTimeAsync(4000);
    expect([socket.state.value, wires[0]?.closed]).toEqual(['connecting', true]);
  });

  it('stops when the session is over, and never hears a dead connection', async () => {
    const socket = fresh();
    signedOut = true;
    socket.open();
    const dead = last();
    const late = dead.onmessage;
    dead.breaks();
    await vi.advanceTimersByTimeAsync(20_000);
    expect([socket.state.value, wires.length]).toEqual(['off', 1]);
    expect(dead.onmessage).toBeNull();
    expect(late).not.toBeNull();
  });

  it('matches replies with what was asked', async () => {
    const socket = fresh();
    socket.open();
    last().opens();
    const [first, second] = [socket.ask({ do: 'a' }), socket.ask({ do: 'b' })];
    const [, one, two] = last().sent;
    last().says({ type: 'reply', id: two?.id, error: 'wrong_state' });
    last().says({ type: 'reply', id: one?.id, error: null });
    expect([await first, await second]).toEqual([null, 'wrong_state']);
  });

  it('asks nothing later: a late answer could take another call', async () => {
    const socket = fresh();
    socket.open();
    expect(await socket.ask({ do: 'accept' })).toBe('offline');
    last().opens();
    expect(last().sent.map((m) => m.type)).toEqual(['ping']);
  });

  it('says so when no reply comes, and when the connection breaks meanwhile', async () => {
    const socket = fresh();
    socket.open();
    last().opens();
    last().says({ type: 'pong', id: 1 });
    const broken = socket.ask({ do: 'a' });
    last().breaks();
    expect(await broken).toBe('offline');
    await vi.advanceTimersByTimeAsync(250);
    last().opens();
    const slow = socket.ask({ do: 'b' });
    setInterval(() => last().says({ type: 'pong', id: 0 }), 1000);
    await vi.advanceTimersByTimeAsync(5000);
    expect(await slow).toBe('timeout');
  });

  it('passes on everything else', () => {
    const socket = fresh();
    socket.open();
    last().opens();
    last().says({ type: 'superseded' });
    expect(heard).toEqual([{ type: 'superseded' }]);
  });
});
