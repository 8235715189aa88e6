import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LegWatch } from '../desk/legwatch';
import { DeskLeg, type LegDeps } from './leg';
import type { Peer, PeerEvents } from './peer';

const steady = () => 0;
const TRACK = { id: 'microphone' } as MediaStreamTrack;

interface FakePeer extends Peer {
  events: PeerEvents;
  closed: boolean;
  replaced: MediaStreamTrack[];
}

let peers: FakePeer[];
let exchange: (sdp: string) => Promise<string>;
let track: MediaStreamTrack | null;
let stopAt: Error;

function fake(_: MediaStreamTrack, events: PeerEvents): FakePeer {
  const peer: FakePeer = {
    events,
    closed: false,
    replaced: [],
    offer: () => Promise.resolve(`offer ${peers.length}`),
    accept: () => Promise.resolve(),
    replace: (other) => Promise.resolve(void peer.replaced.push(other)),
    state: () => 'connected',
    stats: () => Promise.resolve(new Map() as unknown as RTCStatsReport),
    close: () => {
      peer.closed = true;
    },
  };
  peers.push(peer);
  return peer;
}

const deps: LegDeps = {
  track: () => track,
  peer: fake,
  exchange: (sdp) => exchange(sdp),
  onAudio: () => undefined,
  onRefused: (error) => error === stopAt,
};

const last = () => peers.at(-1) as FakePeer;
const settle = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers();
  [peers, track, stopAt] = [[], TRACK, new Error('signed out')];
  exchange = () => Promise.resolve('answer');
});
afterEach(() => vi.useRealTimers());

async function up(): Promise<DeskLeg> {
  const leg = new DeskLeg(deps, steady);
  leg.open();
  await settle();
  last().events.onState('connected');
  return leg;
}

describe("the desk's leg", () => {
  it('comes up', async () => {
    expect((await up()).state.value).toBe('up');
  });

  it('lets a short disturbance mend itself', async () => {
    const leg = await up();
    last().events.onState('disconnected');
    expect(leg.state.value).toBe('opening');
    await vi.advanceTimersByTimeAsync(1400);
    last().events.onState('connected');
    await vi.advanceTimersByTimeAsync(20_000);
    expect([leg.state.value, peers.length]).toEqual(['up', 1]);
  });

  it('opens anew when it does not mend', async () => {
    await up();
    last().events.onState('disconnected');
    await vi.advanceTimersByTimeAsync(1500);
    expect([peers.length, peers[0]?.closed]).toEqual([2, true]);
  });

  it('opens anew at once when it failed, and ignores the old one', async () => {
    const leg = await up();
    peers[0]?.events.onState('failed');
    await vi.advanceTimersByTimeAsync(250);
    expect(peers.length).toBe(2);
    peers[0]?.events.onState('connected');
    expect(leg.state.value).toBe('opening');
    last().events.onState('connected');
    expect(leg.state.value).toBe('up');
  });

  it('tries again while the engine is away, from a quarter second to five', async () => {
    exchange = () => Promise.reject(new Error('offline'));
    const leg = new DeskLeg(deps, steady);
    leg.open();
    await vi.advanceTimersByTimeAsync(250 + 500 + 1000 + 2000 + 4000);
    expect(peers.length).toBe(6);
    expect(peers.slice(0, 5).every((p) => p.closed)).toBe(true);
    await vi.advanceTimersByTimeAsync(4999);
    expect(peers.length).toBe(6);
    await vi.advanceTimersByTimeAsync(1);
    expect(peers.length).toBe(7);
    expect(leg.state.value).toBe('opening');
  });

  it('stops when it is of no use', async () => {
    exchange = () => Promise.reject(stopAt);
    const leg = new DeskLeg(deps, steady);
    leg.open();
    await vi.advanceTimersByTimeAsync(60_000);
    expect([leg.state.value, peers.length]).toEqual(['off', 1]);
  });

  it('does not wait for ever on a connection that never comes', async () => {
    const leg = new DeskLeg(deps, steady);
    leg.open();
    await vi.advanceTimersByTimeAsync(8000);
    expect([leg.state.value, peers.length]).toEqual(['opening', 2]);
  });

  it('waits for a microphone, and takes a new one without a new connection', async () => {
    track = null;
    const leg = new DeskLeg(deps, steady);
    leg.open();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(peers.length).toBe(0);
    track = TRACK;
    leg.microphone(TRACK);
    expect(peers.length).toBe(1);
    leg.microphone({ id: 'another' } as MediaStreamTrack);
    expect([peers.length, last().replaced.length]).toEqual([1, 1]);
  });

  it('stays closed', async () => {
    const leg = await up();
    leg.close();
    last().events.onState('failed');
    leg.microphone(TRACK);
    await vi.advanceTimersByTimeAsync(60_000);
    expect([leg.state.value, peers.length]).toEqual(['off', 1]);
  });
});

describe('the watch over the leg', () => {
  let reopened: number;
  let watch: LegWatch;
  beforeEach(() => {
    reopened = 0;
    watch = new LegWatch(() => reopened++, steady);
  });

  it('opens anew at once when the engine was restarted', async () => {
    watch.see('up', true);
    watch.reconnected();
    watch.see('up', false);
    await settle();
    expect(reopened).toBe(1);
  });

  it('gives the engine a second to hear a new leg, then ever longer', async () => {
    watch.see('up', false);
    await vi.advanceTimersByTimeAsync(999);
    expect(reopened).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(reopened).toBe(1);
    watch.see('opening', false);
    watch.see('up', false);
    await vi.advanceTimersByTimeAsync(1999);
    expect(reopened).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(reopened).toBe(2);
  });

  it('leaves alone what both ends call up, and what is opening anyway', async () => {
    watch.see('up', false);
    watch.see('up', true);
    watch.see('opening', false);
    watch.see('up', null);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(reopened).toBe(0);
  });
});
