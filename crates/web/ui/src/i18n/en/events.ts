import type { Detail } from '../../lib/detail';
import { common } from './common';
import { console } from './console';
import { desk } from './desk';

const word = (list: Record<string, string>, key: string) => list[key] ?? key.replaceAll('_', ' ');
const why = (d: Detail, ...path: string[]) => (d.has(...path) ? `: ${reason(d.text(...path))}` : '');
const reason = (key: string) => word({ ...console.causes, ...console.reasons, ...desk.breaks, ready: desk.ready }, key);
const target = (d: Detail) => {
  const [operator, queue, name] = [d.text('to', 'operator'), d.text('to', 'queue'), d.text('to', 'name')];
  return operator || (queue ? word(common.queues, queue) : word(common.referrals, name));
};

const sound = (d: Detail) =>
  [
    d.has('quality', 'rtt_ms') ? `, round trip ${d.number('quality', 'rtt_ms')} ms` : '',
    d.has('quality', 'mos') ? `, sounded like ${d.number('quality', 'mos')} of 4.5` : '',
    d.has('quality', 'far_mos')
      ? `; there ${d.number('quality', 'far_lost')} lost, sounded like ${d.number('quality', 'far_mos')} of 4.5`
      : '',
  ].join('');

/** Every event of `routing::Event`, in words. */
export const events = {
  started: (d: Detail) => `The helpline started (version ${d.text('version')})`,
  node_lost: () => 'The helpline had stopped without saying goodbye; calls that were under way are owed a callback',
  stopped: () => 'The helpline stopped in order',
  configured: (d: Detail) => `Settings came into force (version ${d.text('version')})`,
  user_added: (d: Detail) => `Account added: ${d.text('user', 'operator')}`,
  user_disabled: (d: Detail) => `Account disabled: ${d.text('operator')}`,
  password_set: (d: Detail) => `Password set for ${d.text('operator')}`,
  service_switched: (d: Detail) =>
    `Service ${d.text('service')} ${{ true: 'closed by hand', false: 'opened by hand' }[d.text('closed')] ?? 'left to its calendar again'}${d.has('until') ? ` until ${d.time('until')}` : ''}${why(d, 'reason')}`,
  holiday_confirmed: (d: Detail) => `Closure ${d.text('from')} to ${d.text('to')} confirmed (${d.text('calendar')})`,
  rota_set: (d: Detail) => `Working hours of ${d.text('operator')} set`,
  line_closed: (d: Detail) =>
    d.has('served_until')
      ? `The line closed while they waited${why(d, 'reason')}; served until ${d.time('served_until')}`
      : `The line closed while they waited${why(d, 'reason')}; a promise instead`,
  line_reopened: () => 'The line is open again; they wait as before',
  journey_opened: (d: Detail) =>
    `Call from ${d.text('caller', 'masked') || 'a withheld number'} to ${d.text('dialled')} (${d.text('service')}); the line was ${d.has('open') ? 'open' : 'closed'}`,
  carrier_call_found: (d: Detail) =>
    `${d.text('caller', 'masked') || 'A withheld number'} called ${d.text('dialled')} at ${d.time('began')}: only the carrier saw it`,
  obligation_opened: (d: Detail) => `Callback owed from now on${why(d, 'reason')}`,
  obligation_joined: () => 'The same person called again: one callback is owed for both calls',
  number_shared: () => 'Two calls at one time came from this number: it is shared, its callbacks are kept apart',
  obligation_in_hand: (d: Detail) => `Callback in the hands of ${d.text('operator')}`,
  obligation_reopened: (d: Detail) => `Callback owed again${why(d, 'reason')}`,
  obligation_discharged: (d: Detail) => `Nothing is owed any more${why(d, 'reason')}`,
  callback_wanted: (d: Detail): string =>
    d.has('wanted') ? 'Wants to be called back' : 'Does not want to be called back',
  part_wanted: (d: Detail) => `Can talk: ${word(console.parts, d.text('part'))}`,
  contact_given: (d: Detail) =>
    d.text('contact', 'masked') ? `Gave another number: ${d.text('contact', 'masked')}` : 'Gave an extension',
  promise_made: (d: Detail) => `Was told that we call by ${d.time('by')}`,
  promise_settled: (d: Detail) => `The promise to call by ${d.time('by')} is ${d.has('kept') ? '' : 'not '}kept`,
  callback_planned: (d: Detail) => `To be called from ${d.time('due')}${why(d, 'reason')}`,
  callback_held: (d: Detail) => `Not called by itself: ${word(console.lists, d.text('list'))}${why(d, 'reason')}`,
  callback_claimed: (d: Detail) => `${d.text('operator')} asked to call them next`,
  callback_offered: (d: Detail) => `The callback is offered to ${d.text('operator')}`,
  callback_offer_ended: (d: Detail) => {
    const who = d.text('operator');
    const how = d.text('outcome', 'how');
    return how === 'accepted'
      ? `${who} took the callback`
      : `${who} did not take the callback: ${how.replaceAll('_', ' ')}`;
  },
  attempt_opened: (d: Detail) => `${d.text('operator')} calls ${d.text('caller', 'masked')}`,
  attempt_dialled: (d: Detail) => `Dialled through “${d.text('trunk')}”`,
  attempt_ringing: () => 'It rings at the other side',
  attempt_counted: () => 'It rang long enough to count as a try',
  same_person: (d: Detail) => `${d.text('operator')} says that this is owed to the same person`,
  trunk_changed: (d: Detail) => `Line “${d.text('trunk')}” ${d.has('up') ? 'answers' : 'is down'}${why(d, 'reason')}`,
  attempt_failed: (d: Detail) => `Not reached: ${word(console.results, d.text('reason'))}`,
  number_flagged: (d: Detail) =>
    `The number ${d.has('on') ? 'is marked' : 'is no longer marked'}: ${word(console.flags, d.text('flag'))}${why(d, 'reason')}`,
  answered: () => 'The helpline answered',
  dialog_confirmed: (d: Detail) => `Connection confirmed (${word(console.legRoles, d.text('role'))})`,
  step_entered: (d: Detail) => `Heard “${d.text('step')}”`,
  language_chosen: (d: Detail) => `Language: ${word(common.languages, d.text('language'))}`,
  topic_chosen: (d: Detail) => `Topic: ${word(common.topics, d.text('topic'))}`,
  danger_pressed: () => 'Pressed 9: in danger',
  input_missed: (d: Detail) => `No useful key in “${d.text('step')}”${why(d, 'reason')}`,
  notice_heard: (d: Detail) =>
    `Heard that we will call back${d.has('opens') ? `; told that the line opens ${d.time('opens')}` : ''}`,
  queued: (d: Detail) => `In line “${d.text('queue')}”`,
  nobody_free: () => 'Nobody can take it at this moment (the reasons stand above)',
  wait_told: (d: Detail) => `Was told how long it may take: about ${d.text('minutes')} min`,
  line_left: (d: Detail) => `Led out of the line${why(d, 'reason')}`,
  offered: (d: Detail) => `Rings at ${d.text('operator')}`,
  offer_ended: (d: Detail) => {
    const who = d.text('operator');
    switch (d.text('outcome', 'how')) {
      case 'accepted':
        return `${who} answered`;
      case 'declined':
        return `${who} could not take it now`;
      case 'no_answer':
        return `${who} did not answer; the caller keeps the head of the line`;
      case 'failed':
        return `The phone of ${who} refused or failed`;
      case 'withdrawn':
        return `The ring at ${who} ended: ${word(console.withdrawn, d.text('outcome', 'why'))}`;
      default:
        return `The ring at ${who} ended`;
    }
  },
  conversing: (d: Detail) => `The caller and ${d.text('operator')} hear each other`,
  held: (d: Detail) =>
    d.has('on') ? `${d.text('operator')} put the caller on hold` : `${d.text('operator')} came back to the caller`,
  muted: (d: Detail) =>
    d.has('on') ? `${d.text('operator')} muted the microphone` : `${d.text('operator')} turned the microphone on again`,
  reconnecting: (d: Detail) =>
    d.has('on')
      ? `The audio of ${d.text('operator')} is away; the caller hears music`
      : `The audio of ${d.text('operator')} is back`,
  caller_silent: (d: Detail): string => (d.has('on') ? 'Nothing comes from the caller' : 'The caller’s audio is back'),
  requeued: (d: Detail) => `Back at the head of the line${why(d, 'reason')}`,
  consult_opened: (d: Detail) => `${d.text('operator')} asked ${target(d)}; the caller heard music`,
  consult_answered: (d: Detail) => `They spoke with ${d.text('operator')}; the caller heard music`,
  consult_swapped: (d: Detail) =>
    d.has('with_caller')
      ? `${d.text('operator')} spoke with the caller meanwhile`
      : `${d.text('operator')} spoke again with whom they had asked`,
  conference_opened: (d: Detail) => `${d.text('operator')}, the caller and who was asked talk together`,
  consult_closed: (d: Detail) => `The question was over${why(d, 'reason')}; operator and caller were together again`,
  transferred: (d: Detail) => `${d.text('operator')} handed the caller to ${target(d)}`,
  dialled: (d: Detail) => `Another party was called (${d.text('step')})`,
  leg_lost: (d: Detail) => `The connection (${word(console.legRoles, d.text('role'))}) was lost${why(d, 'reason')}`,
  leg_measured: (d: Detail) =>
    `Audio of the ${word(console.legRoles, d.text('role'))}: ${d.number('quality', 'received')} packets in, ${d.number('quality', 'lost')} lost, ${d.number('quality', 'sent')} out, jitter ${d.number('quality', 'jitter_ms')} ms${sound(d)}`,
  ended: (d: Detail) =>
    `Ended by ${word(console.parties, d.text('by'))}: ${word(console.causes, d.text('cause')).toLowerCase()}`,
  operator_changed: (d: Detail) =>
    `${d.text('operator')} is now: ${word(desk.states, d.text('state', 'state'))}${why(d, 'reason')}`,
  desk_audio: (d: Detail) => `The desk of ${d.text('operator')} ${d.has('up') ? 'has audio' : 'has no audio'}`,
  break_asked: (d: Detail) => `${d.text('operator')} will be after this call: ${reason(d.text('reason') || 'ready')}`,
  outcome_given: (d: Detail) =>
    `${d.text('operator')} noted: ${word(console.outcomes, d.text('outcome')).toLowerCase()}`,
  wrapped_up: (d: Detail) => `${d.text('operator')} finished the wrap-up`,
};
