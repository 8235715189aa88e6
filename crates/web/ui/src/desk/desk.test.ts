import { describe, expect, it } from 'vitest';
import type { CallView, DeskView } from '../wire';
import { t } from '../i18n';
import { targetsOf } from './handover';
import { keyAction, type Pressed } from './keys';
import { audioUp, type Condition, mayBeReady, notices, pill } from './notices';

const press = (key: string, more: Partial<Pressed> = {}): Pressed => ({
  key,
  code: key,
  shiftKey: false,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  repeat: false,
  isComposing: false,
  keyCode: 0,
  ...more,
});
const calm = { dialogOpen: false, typing: false, armed: false };

describe('keys', () => {
  it.each([
    [press('F2'), 'answer'],
    [press('F4'), 'mute'],
    [press('F8'), 'hold'],
    [press('F9'), 'conference'],
    [press('F2', { shiftKey: true }), 'armHangUp'],
    [press('Enter', { ctrlKey: true }), 'finish'],
    [press('¡', { altKey: true, code: 'Digit1' }), { outcome: 0 }],
    [press('9', { altKey: true, code: 'Digit9' }), { outcome: 8 }],
    [press('0', { altKey: true, code: 'Digit0' }), null],
    [press('?', { shiftKey: true }), 'help'],
    [press('？', { shiftKey: true }), 'help'],
    [press('Escape'), null],
    [press('F2', { ctrlKey: true }), null],
    [press('Enter'), null],
    [press('1'), null],
    [press('F4', { altKey: true, code: 'F4' }), null],
  ] as const)('%o', (pressed, action) => expect(keyAction(pressed, calm)).toEqual(action));

  it('end a call only at the second press', () => {
    expect(keyAction(press('F2', { shiftKey: true }), { ...calm, armed: true })).toBe('hangUp');
    expect(keyAction(press('F2', { shiftKey: true, repeat: true }), { ...calm, armed: true })).toBeNull();
  });

  it('do nothing while characters are composed or a dialog is open', () => {
    expect(keyAction(press('F2', { isComposing: true }), calm)).toBeNull();
    expect(keyAction(press('F2', { keyCode: 229 }), calm)).toBeNull();
    expect(keyAction(press('F2'), { ...calm, dialogOpen: true })).toBeNull();
  });

  it('leave a question mark to the text that is typed', () => {
    expect(keyAction(press('?'), { ...calm, typing: true })).toBeNull();
    expect(keyAction(press('F2'), { ...calm, typing: true })).toBe('answer');
  });
});

const CALL: CallView = {
  journey: 'j1.1.1',
  caller: { masked: '', language: 'en', topic: null, danger: false, waiting_since: '', returned: false },
  since: '2026-11-22T10:00:00Z',
  conversing: true,
  held: false,
  muted: false,
  reconnecting: false,
  caller_silent: false,
  consult: null,
  attempt: null,
  number: { known: true, do_not_call: false, owed: [] },
};
const view = (more: Partial<DeskView> = {}): DeskView => ({
  state: 'ready',
  reason: null,
  since: '2026-11-22T10:00:00Z',
  audio: true,
  next: null,
  offer: null,
  callback: null,
  call: null,
  asked: null,
  colleagues: [],
  wrap_up: null,
  queue: { waiting: 0, longest_since: null, ready: 1, on_shift: 1 },
  due: [],
  due_more: 0,
  now: '2026-11-22T10:00:00Z',
  ...more,
});
const well = (more: Partial<Condition> = {}): Condition => ({
  view: view(),
  socket: 'open',
  wasConnected: true,
  leg: 'up',
  legWasUp: true,
  legRefused: false,
  mic: 'live',
  micSubstituted: false,
  micSwitchedOff: false,
  micSilent: false,
  mutedSpeaking: false,
  soundBlocked: false,
  superseded: false,
  signedOut: false,
  ...more,
});
const reasons = (more: Partial<Condition>) => notices(well(more)).map((notice) => notice.reason);

describe('notices', () => {
  it('are silent when all is well, and while all is new', () => {
    expect(reasons({})).toEqual([]);
    expect(
      reasons({
        view: null,
        socket: 'connecting',
        wasConnected: false,
        leg: 'opening',
        legWasUp: false,
        mic: 'asking',
      }),
    ).toEqual([]);
  });

  it.each([
    [{ superseded: true, socket: 'off', leg: 'off', mic: 'off' }, ['superseded']],
    [{ signedOut: true, socket: 'off' }, ['signed_out']],
    [{ socket: 'connecting', leg: 'opening' }, ['socket_lost']],
    [{ leg: 'opening' }, ['audio_lost']],
    [{ leg: 'opening', view: view({ state: 'on_call', call: CALL }) }, ['reconnecting']],
    [{ view: view({ call: { ...CALL, reconnecting: true } }) }, ['reconnecting']],
    [{ mic: 'unplugged', leg: 'opening' }, ['unplugged']],
    [{ mic: 'blocked' }, ['blocked']],
    [{ micSubstituted: true }, ['microphone_changed']],
    [{ mutedSpeaking: true, micSubstituted: true }, ['muted_speaking']],
    [{ view: view({ call: { ...CALL, caller_silent: true } }) }, ['caller_silent']],
    [{ view: view({ call: { ...CALL, caller_silent: true, held: true } }) }, []],
    [{ soundBlocked: true }, ['audio_blocked']],
    [{ legRefused: true, leg: 'opening' }, ['leg_refused']],
    [{ view: view({ state: 'not_ready', reason: 'desk_silent' }) }, ['desk_silent']],
    [{ view: view({ state: 'not_ready', reason: 'a_new_reason' }) }, ['a_new_reason']],
    [{ view: view({ state: 'not_ready', reason: 'meal' }) }, []],
    [{ view: view({ state: 'ready', reason: 'no_answer' }) }, []],
  ] as [Partial<Condition>, string[]][])('%o', (condition, expected) => expect(reasons(condition)).toEqual(expected));
});

describe('the connection pill', () => {
  it.each([
    [{}, 5, 'good'],
    [{}, null, 'good'],
    [{}, 3, 'fair'],
    [{}, 2, 'poor'],
    [{ socket: 'connecting' }, 5, 'lost'],
    [{ socket: 'connecting', wasConnected: false }, null, 'connecting'],
    [{ leg: 'opening' }, null, 'reconnecting'],
    [{ leg: 'opening', legWasUp: false }, null, 'connecting'],
    [{ leg: 'opening', mic: 'blocked' }, null, 'noAudio'],
    [{ view: view({ audio: false }) }, 5, 'reconnecting'],
    [{ superseded: true }, 5, 'lost'],
  ] as [Partial<Condition>, number | null, string][])('%o', (condition, grade, word) =>
    expect(pill(well(condition), grade)).toBe(word),
  );
});

describe('ready', () => {
  it('is offered only with a proven desk', () => {
    expect(mayBeReady(well())).toBe(true);
    for (const lacking of [
      { socket: 'connecting' },
      { leg: 'opening' },
      { mic: 'unplugged' },
      { view: view({ audio: false }) },
      { view: null },
    ]) {
      expect(mayBeReady(well(lacking as Partial<Condition>))).toBe(false);
    }
  });

  it('takes both ends to call audio up', () => {
    expect(audioUp({ leg: 'up', view: view() })).toBe(true);
    expect(audioUp({ leg: 'up', view: view({ audio: false }) })).toBe(false);
    expect(audioUp({ leg: 'opening', view: view() })).toBe(false);
  });
});

describe('whom a caller can be handed to', () => {
  it('lists colleagues, lines and services outside; only who is free can be asked', () => {
    const colleagues = [
      { operator: 'lin', name: '林', ready: true },
      { operator: 'an', name: '安', ready: false },
    ];
    const rows = targetsOf(colleagues, { lines: ['hotline'], referrals: ['mind', 'other_place'] });
    expect(rows.map((row) => [row.key, row.name, row.free])).toEqual([
      ['operator-lin', '林', true],
      ['operator-an', '安', false],
      ['queue-hotline', t.value.common.queues.hotline, true],
      ['referral-mind', t.value.common.referrals.mind, true],
      ['referral-other_place', 'other place', true],
    ]);
  });
});
