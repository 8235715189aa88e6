// The JSON between pages and engine, as `../../src/wire.rs` says it; `wire.test.ts` holds the two together.
// Times are RFC 3339 in UTC; durations are milliseconds unless named otherwise.

export interface SignIn {
  name: string;
  password: string;
}

export interface Me {
  operator: string;
  name: string;
  roles: string[];
  trial: boolean;
  lines: string[];
  referrals: string[];
}

export interface Problem {
  code: string;
  message: string;
}

export interface Sdp {
  sdp: string;
}

/** What an operator may ask of the switchboard: a part of `routing::RequestKind`. */
export type DeskAsk =
  | { do: 'ready' }
  | { do: 'not_ready'; reason: string }
  | { do: 'end_shift' }
  | { do: 'accept'; offer: string }
  | { do: 'decline'; offer: string; reason: string }
  | { do: 'hang_up' }
  | { do: 'hold'; on: boolean }
  | { do: 'mute'; on: boolean }
  | { do: 'transfer'; to: TransferTarget }
  | { do: 'consult'; to: TransferTarget }
  | { do: 'swap_consult' }
  | { do: 'conference' }
  | { do: 'cancel_consult' }
  | { do: 'complete_consult' }
  | { do: 'key'; digit: string }
  | { do: 'outcome'; outcome: Outcome }
  | { do: 'claim_obligation'; obligation: string }
  | { do: 'same_person'; obligation: string }
  | { do: 'do_not_call'; on: boolean }
  | { do: 'extend_wrap_up' }
  | { do: 'finish_wrap_up' };

export type Outcome =
  | 'spoken'
  | 'not_spoken'
  | 'busy'
  | 'no_answer'
  | 'off'
  | 'machine'
  | 'other_person'
  | 'invalid'
  | 'refused'
  | 'silent'
  | 'wrong_number'
  | 'prank'
  | 'abusive'
  | 'test';

/** What a supervisor may ask about something that we owe: a part of `routing::RequestKind`. */
export type OwedAsk =
  | { do: 'close_obligation'; obligation: string; reason: string }
  | { do: 'claim_obligation'; obligation: string }
  | { do: 'plan_callback'; obligation: string; due: string | null }
  | { do: 'flag_number'; obligation: string; flag: Flag; on: boolean; reason: string };

export type Flag = 'shared' | 'do_not_call' | 'blocked';

export type FromDesk = { type: 'ask'; id: number; ask: DeskAsk } | { type: 'ping'; id: number };

export type ToDesk =
  | ({ type: 'view' } & DeskView)
  | { type: 'reply'; id: number; error: string | null }
  | { type: 'pong'; id: number }
  | { type: 'superseded' };

export type OperatorState = 'offline' | 'not_ready' | 'ready' | 'offered' | 'on_call' | 'wrap_up';

export interface DeskView {
  state: OperatorState;
  reason: string | null;
  since: string;
  audio: boolean;
  next: string | null;
  offer: OfferView | null;
  callback: CallbackOfferView | null;
  call: CallView | null;
  asked: AskedView | null;
  colleagues: ColleagueView[];
  wrap_up: WrapUpView | null;
  queue: QueueView;
  due: DueView[];
  due_more: number;
  now: string;
}

export interface OfferView {
  offer: string;
  journey: string;
  caller: CallerView;
  until: string;
}

export interface CallerView {
  masked: string;
  language: string;
  topic: string | null;
  danger: boolean;
  waiting_since: string;
  returned: boolean;
}

export interface CallView {
  journey: string;
  caller: CallerView;
  since: string;
  conversing: boolean;
  held: boolean;
  muted: boolean;
  reconnecting: boolean;
  caller_silent: boolean;
  consult: ConsultView | null;
  attempt: AttemptView | null;
  number: NumberView;
}

export interface NumberView {
  known: boolean;
  do_not_call: boolean;
  owed: SameView[];
}

export interface SameView {
  obligation: string;
  opened: string;
  language: string | null;
  said: boolean;
}

/** Where a caller is handed to, or whom one asks: `routing::TransferTarget`. */
export type TransferTarget =
  { kind: 'operator'; operator: string } | { kind: 'queue'; queue: string } | { kind: 'referral'; name: string };

export interface ConsultView {
  to: TransferTarget;
  name: string | null;
  answered: boolean;
  with_caller: boolean;
  conference: boolean;
}

export interface AskedView {
  offer: string | null;
  by: string;
  caller: CallerView;
  until: string;
  with_caller: boolean;
  conference: boolean;
}

export interface ColleagueView {
  operator: string;
  name: string;
  ready: boolean;
}

export interface CallbackOfferView {
  offer: string;
  until: string;
  callback: CallbackView;
}

export interface CallbackView {
  obligation: string;
  masked: string;
  class: string;
  given: boolean;
  language: string | null;
  topic: string | null;
  danger: boolean;
  wanted: boolean | null;
  part: string | null;
  promise: string | null;
  opened: string;
  journeys: number;
  tried: TriedView[];
}

export interface TriedView {
  at: string;
  operator: string;
  result: string;
}

export interface AttemptView {
  stage: string;
  callback: CallbackView;
}

export interface DueView {
  obligation: string;
  masked: string;
  language: string | null;
  topic: string | null;
  danger: boolean;
  due: string;
  promise: string | null;
  tried: number;
  claimed_by: string | null;
  ringing: boolean;
}

export interface WrapUpView {
  journey: string;
  until: string;
  outcome: Outcome | null;
  handed_on: boolean;
  ended_by: string | null;
  attempt: boolean;
  told: string | null;
  number: NumberView;
}

export interface QueueView {
  waiting: number;
  longest_since: string | null;
  ready: number;
  on_shift: number;
}

export interface CallPage {
  calls: CallRow[];
  next: string | null;
  behind: number;
}

export interface CallRow {
  journey: string;
  opened: string;
  ended: string | null;
  caller: string;
  dialled: string;
  service: string;
  open: boolean;
  language: string | null;
  topic: string | null;
  danger: boolean;
  operator: string | null;
  wait_ms: number | null;
  talk_ms: number | null;
  cause: string | null;
  outcome: string | null;
  obligation: string | null;
}

export interface CallDetail {
  call: CallRow;
  steps: StepRow[];
  why: Why;
}

export interface Why {
  headline: string | null;
  sentences: WhySentence[];
}

export interface WhySentence {
  utc: string;
  text: string;
}

export interface StepRow {
  utc: string;
  event: string;
  detail: unknown;
}

export interface ObligationPage {
  obligations: ObligationRow[];
  next: string | null;
  behind: number;
}

export interface ObligationRow {
  obligation: string;
  state: string;
  kind: string;
  opened: string;
  changed: string;
  journey: string;
  journeys: number;
  caller: string;
  class: string;
  one_person: boolean;
  language: string | null;
  topic: string | null;
  danger: boolean;
  reason: string;
  part: string | null;
  wanted: boolean | null;
  contact: string | null;
  due: string | null;
  plan_reason: string | null;
  list: string | null;
  list_reason: string | null;
  claimed_by: string | null;
  promise: string | null;
  attempts: number;
  under_way: string | null;
  last_attempt: string | null;
  last_result: string | null;
  operator: string | null;
  discharged_by: string | null;
}

export interface Status {
  database: boolean;
  behind: number;
  open_obligations: number;
  journeys: number;
  on_shift: number;
  late_promises: number;
  lost_callers: number | null;
}

export interface TryInfo {
  number: string;
  closed_number: string;
}

export interface TryCall {
  sdp: string;
  after_hours: boolean;
}

export interface TryAnswer {
  leg: string;
  sdp: string;
}

export type TryPhase = 'menu' | 'waiting' | 'ringing' | 'talking' | 'held' | 'ended';

export interface TryState {
  state: TryPhase;
  cause: string | null;
}
