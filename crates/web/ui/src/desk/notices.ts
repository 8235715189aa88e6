import type { MicState } from '../audio/microphone';
import type { SocketState } from '../lib/socket';
import type { LegState } from '../rtc/leg';
import type { DeskView } from '../wire';

/** All that can go wrong at a desk, as the page knows it. */
export interface Condition {
  view: DeskView | null;
  socket: SocketState;
  /** The socket has been open in this shift. */
  wasConnected: boolean;
  leg: LegState;
  legWasUp: boolean;
  legRefused: boolean;
  mic: MicState;
  micSubstituted: boolean;
  micSwitchedOff: boolean;
  /** Digital silence for seconds, unmuted. */
  micSilent: boolean;
  mutedSpeaking: boolean;
  soundBlocked: boolean;
  superseded: boolean;
  signedOut: boolean;
}

export type NoticeKey =
  | 'superseded'
  | 'signed_out'
  | 'socket_lost'
  | 'audio_lost'
  | 'leg_refused'
  | 'audio_blocked'
  | 'microphone_changed'
  | 'microphone_os_muted'
  | 'microphone_silent'
  | 'muted_speaking'
  | 'caller_silent'
  | 'reconnecting';

export type Notice =
  | { kind: 'desk'; reason: NoticeKey; tone: Tone }
  | { kind: 'microphone'; reason: Exclude<MicState, 'off' | 'asking' | 'live'>; tone: Tone }
  | { kind: 'fault'; reason: string; tone: Tone };

/** `stop`: nothing works before it is dealt with; `warn`: it needs a look. */
export type Tone = 'stop' | 'warn';

/** Breaks that a person chooses, in the order of the list. */
export const BREAKS = ['meal', 'rest', 'meeting', 'training', 'supervision', 'case_follow_up', 'take_five'] as const;

/** Reasons of *not ready* that are neither a break nor a fault: nothing to explain. */
const QUIET = [
  'shift_started',
  'shift_start',
  'started',
  'signed_in',
  'asked',
  'desk_up',
  'not_ready',
  'declined',
  'busy',
];

export function isBreak(reason: string | null | undefined): boolean {
  return BREAKS.some((name) => name === reason);
}

/** The faults to show, the gravest first. What follows from a graver one is left out: one cause, one sentence. */
export function notices(now: Condition): Notice[] {
  if (now.superseded) return [desk('superseded', 'stop')];
  if (now.signedOut) return [desk('signed_out', 'stop')];
  return [...connection(now), ...microphone(now), ...call(now), ...fault(now)];
}

function connection(now: Condition): Notice[] {
  const found: Notice[] = [];
  const offline = now.socket !== 'open' && now.wasConnected;
  const audible = micWorks(now.mic);
  if (offline) found.push(desk('socket_lost', 'stop'));
  if (now.legRefused && !offline) found.push(desk('leg_refused', 'stop'));
  else if (now.leg === 'opening' && now.legWasUp && audible && !offline) {
    found.push(desk(now.view?.call ? 'reconnecting' : 'audio_lost', 'stop'));
  } else if (now.view?.call?.reconnecting && audible && !offline) found.push(desk('reconnecting', 'stop'));
  if (now.soundBlocked) found.push(desk('audio_blocked', 'stop'));
  return found;
}

function microphone(now: Condition): Notice[] {
  const state = now.mic;
  if (state !== 'live' && state !== 'off' && state !== 'asking')
    return [{ kind: 'microphone', reason: state, tone: 'stop' }];
  if (now.mutedSpeaking) return [desk('muted_speaking', 'warn')];
  if (now.micSwitchedOff) return [desk('microphone_os_muted', 'stop')];
  if (now.micSilent) return [desk('microphone_silent', 'warn')];
  return now.micSubstituted ? [desk('microphone_changed', 'warn')] : [];
}

function call(now: Condition): Notice[] {
  const call = now.view?.call;
  return call?.caller_silent && !call.reconnecting && !call.held ? [desk('caller_silent', 'warn')] : [];
}

/** Why the engine took the operator out of the line, as long as they have not come back. */
function fault(now: Condition): Notice[] {
  const { state, reason } = now.view ?? {};
  if (state !== 'not_ready' || !reason || isBreak(reason) || QUIET.includes(reason)) return [];
  return [{ kind: 'fault', reason, tone: 'warn' }];
}

function desk(reason: NoticeKey, tone: Tone): Notice {
  return { kind: 'desk', reason, tone };
}

function micWorks(mic: MicState): boolean {
  return mic === 'live' || mic === 'asking';
}

/** The word on the connection pill. */
export type Pill = 'good' | 'fair' | 'poor' | 'connecting' | 'reconnecting' | 'noAudio' | 'lost';

/** One word for signalling and audio together. */
export function pill(now: Condition, grade: number | null): Pill {
  if (now.superseded || now.signedOut) return 'lost';
  if (now.socket !== 'open') return now.wasConnected ? 'lost' : 'connecting';
  if (!audioUp(now)) {
    if (!micWorks(now.mic)) return 'noAudio';
    return now.legWasUp ? 'reconnecting' : 'connecting';
  }
  if (grade === null || grade >= 4) return 'good';
  return grade === 3 ? 'fair' : 'poor';
}

/** Audio is up when both ends say so. */
export function audioUp(now: Pick<Condition, 'view' | 'leg'>): boolean {
  return now.leg === 'up' && now.view?.audio === true;
}

/** *Ready* is offered only with a proven desk (Q7). */
export function mayBeReady(now: Condition): boolean {
  return now.socket === 'open' && audioUp(now) && now.mic === 'live' && !now.superseded;
}
