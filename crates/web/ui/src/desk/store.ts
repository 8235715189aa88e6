import { batch, computed, effect, signal } from '@preact/signals';
import { listDevices, onDevices, playOn } from '../audio/devices';
import { Microphone } from '../audio/microphone';
import { soundBlocked, unlockSound } from '../audio/sound';
import { ApiError, api, socketUrl } from '../lib/api';
import { readPrefs } from '../lib/prefs';
import { LiveSocket } from '../lib/socket';
import { setEngineClock } from '../lib/time';
import { DeskLeg } from '../rtc/leg';
import { openPeer } from '../rtc/peer';
import type { DeskAsk, DeskView, Me, Outcome, Sdp, ToDesk, TransferTarget } from '../wire';
import { LegWatch } from './legwatch';
import { levels } from './levels';
import { type Condition, mayBeReady, notices, pill } from './notices';
import { quality } from './quality';
import { endRing, ring } from './ring';

const SHIFT_KEY = 'helpline.shift';

/** The desk of one operator in one page. */
export class Desk {
  /** `before`: choosing devices; `on`: at work, also while reconnecting; `gone`: another page has the desk. */
  readonly shift = signal<'before' | 'on' | 'gone'>('before');
  readonly view = signal<DeskView | null>(null);
  /** The last thing asked that was refused, by its code. */
  readonly problem = signal<string | null>(null);
  readonly signedOut = signal(false);
  readonly remote = signal<MediaStream | null>(null);
  readonly microphone = new Microphone();
  readonly muted = computed(() => this.mutedHere.value ?? this.view.value?.call?.muted ?? false);

  /** What the engine was just asked, until it says so itself. */
  private readonly mutedHere = signal<boolean | null>(null);
  private readonly wasConnected = signal(false);
  private readonly legWasUp = signal(false);
  private readonly legRefused = signal(false);

  readonly leg = new DeskLeg({
    track: () => this.microphone.sending,
    peer: openPeer,
    exchange: (sdp) => this.exchange(sdp),
    onAudio: (stream) => {
      this.remote.value = stream;
    },
    onRefused: (error) => this.refused(error),
  });

  readonly socket = new LiveSocket<DeskAsk, Exclude<ToDesk, { type: 'reply' | 'pong' }>>({
    connect: () => new WebSocket(socketUrl('/api/desk/socket')),
    onOpen: () => {
      if (this.wasConnected.value) this.legWatch.reconnected();
      this.wasConnected.value = true;
    },
    onMessage: (message) => {
      if (message.type === 'view') this.see(message);
      else this.superseded();
    },
    onFailed: () => this.stillSignedIn(),
  });

  private readonly legWatch = new LegWatch(() => this.leg.open());

  readonly condition = computed<Condition>(() => ({
    view: this.view.value,
    socket: this.socket.state.value,
    wasConnected: this.wasConnected.value,
    leg: this.leg.state.value,
    legWasUp: this.legWasUp.value,
    legRefused: this.legRefused.value,
    mic: this.microphone.state.value,
    micSubstituted: this.microphone.substituted.value,
    micSwitchedOff: this.microphone.switchedOff.value,
    micSilent: levels.micSilent.value,
    mutedSpeaking: levels.mutedSpeaking.value,
    soundBlocked: soundBlocked.value,
    superseded: this.shift.value === 'gone',
    signedOut: this.signedOut.value,
  }));
  readonly notices = computed(() => (this.shift.value === 'before' ? [] : notices(this.condition.value)));
  readonly pill = computed(() => pill(this.condition.value, quality.value?.grade ?? null));
  readonly mayBeReady = computed(() => mayBeReady(this.condition.value));

  constructor(readonly me: Me) {
    this.microphone.onTrack = (track) => this.leg.microphone(track);
    onDevices(() => {
      void listDevices();
      void this.microphone.devicesChanged();
    });
    addEventListener('online', () => this.networkChanged());
    effect(() => this.microphone.mute(this.muted.value));
    effect(() => {
      if (this.leg.state.value === 'up') this.legWasUp.value = true;
    });
    effect(() => this.legWatch.see(this.leg.state.value, this.view.value?.audio ?? null));
    effect(() => {
      const { offer, asked, callback } = this.view.value ?? {};
      if (offer || asked?.offer || callback) ring();
      else endRing();
    });
    if (sessionStorage.getItem(SHIFT_KEY) === 'on') void this.startShift();
  }

  /** Unlocks sound, takes the microphone, opens leg and socket. */
  async startShift(): Promise<void> {
    batch(() => {
      this.shift.value = 'on';
      this.problem.value = null;
      this.signedOut.value = false;
    });
    sessionStorage.setItem(SHIFT_KEY, 'on');
    this.socket.open();
    this.leg.open();
    void unlockSound();
    if (this.microphone.state.value !== 'live') await this.microphone.open();
    void listDevices();
  }

  /** Ends the shift, unless the engine refuses (in a call). */
  async endShift(): Promise<void> {
    if (await this.ask({ do: 'end_shift' })) this.stop('before');
  }

  ready = () => this.ask({ do: 'ready' });
  notReady = (reason: string) => this.ask({ do: 'not_ready', reason });
  decline = (offer: string, reason: string) => this.ask({ do: 'decline', offer, reason });
  hangUp = () => this.ask({ do: 'hang_up' });
  hold = (on: boolean) => this.ask({ do: 'hold', on });
  transfer = (to: TransferTarget) => this.ask({ do: 'transfer', to });
  consult = (to: TransferTarget) => this.ask({ do: 'consult', to });
  swapConsult = () => this.ask({ do: 'swap_consult' });
  conference = () => this.ask({ do: 'conference' });
  cancelConsult = () => this.ask({ do: 'cancel_consult' });
  completeConsult = () => this.ask({ do: 'complete_consult' });
  key = (digit: string) => this.ask({ do: 'key', digit });
  outcome = (outcome: Outcome) => this.ask({ do: 'outcome', outcome });
  claim = (obligation: string) => this.ask({ do: 'claim_obligation', obligation });
  samePerson = (obligation: string) => this.ask({ do: 'same_person', obligation });
  doNotCall = (on: boolean) => this.ask({ do: 'do_not_call', on });
  extend = () => this.ask({ do: 'extend_wrap_up' });
  finish = () => this.ask({ do: 'finish_wrap_up' });

  /** Answers; the ring stops with the key press, not with the engine's word. */
  answer(offer: string): Promise<boolean> {
    endRing();
    void unlockSound();
    return this.ask({ do: 'accept', offer });
  }

  /** Quiet at once on this machine, then in the engine. */
  async mute(on: boolean): Promise<void> {
    this.mutedHere.value = on;
    await this.ask({ do: 'mute', on });
    this.mutedHere.value = null;
  }

  /** Plays received audio where the operator chose to hear it. */
  playHere(element: HTMLAudioElement | null): void {
    if (!element) return;
    element.srcObject = this.remote.value;
    void playOn(element, readPrefs().speaker);
    if (this.remote.value)
      element.play().catch((error: unknown) => {
        if (error instanceof DOMException && error.name === 'NotAllowedError') soundBlocked.value = true;
      });
  }

  private async ask(ask: DeskAsk): Promise<boolean> {
    const problem = await this.socket.ask(ask);
    this.problem.value = problem;
    return problem === null;
  }

  private see(view: DeskView): void {
    setEngineClock(view.now);
    this.view.value = view;
  }

  private async exchange(sdp: string): Promise<string> {
    const answer = await api<Sdp>('/api/desk/leg', { method: 'POST', body: { sdp } satisfies Sdp });
    this.legRefused.value = false;
    return answer.sdp;
  }

  private refused(error: unknown): boolean {
    const code = error instanceof ApiError ? error.code : 'failed';
    if (code === 'signed_out') this.signedOut.value = true;
    else this.legRefused.value = code !== 'offline';
    return code === 'signed_out';
  }

  /** A socket that cannot open tells no reason: the session does. */
  private async stillSignedIn(): Promise<boolean> {
    const out = await api<Me>('/api/session').then(
      () => false,
      (error: unknown) => error instanceof ApiError && error.status === 401,
    );
    if (out) this.signedOut.value = true;
    return out;
  }

  private networkChanged(): void {
    this.socket.hurry();
    if (this.leg.state.value !== 'off') this.leg.open();
  }

  private superseded(): void {
    this.stop('gone');
  }

  private stop(shift: 'before' | 'gone'): void {
    sessionStorage.removeItem(SHIFT_KEY);
    this.leg.close();
    this.socket.close();
    batch(() => {
      this.shift.value = shift;
      this.view.value = null;
      this.remote.value = null;
      this.wasConnected.value = false;
      this.legWasUp.value = false;
      this.legRefused.value = false;
    });
    if (shift === 'gone') this.microphone.close();
  }
}
