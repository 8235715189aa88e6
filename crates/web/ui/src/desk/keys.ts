/** What a key does at the desk. `armHangUp` is the first of two presses. */
export type KeyAction =
  'answer' | 'mute' | 'hold' | 'conference' | 'armHangUp' | 'hangUp' | 'finish' | 'help' | { outcome: number };

/** The part of a KeyboardEvent that decides. */
export interface Pressed {
  key: string;
  /** Where the key lies: Alt+1 gives other characters on some layouts. */
  code: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
  repeat: boolean;
  isComposing: boolean;
  keyCode: number;
}

export interface Situation {
  dialogOpen: boolean;
  /** Text is being typed: a `?` belongs to it. */
  typing: boolean;
  /** Shift+F2 was pressed a moment ago. */
  armed: boolean;
}

/** The keys as they are written in the list. */
export const KEY_NAMES = {
  answer: ['F2'],
  mute: ['F4'],
  hold: ['F8'],
  conference: ['F9'],
  hangup: ['Shift', 'F2'],
  finish: ['Ctrl', 'Enter'],
  spoken: ['Alt', '1'],
  not_spoken: ['Alt', '2'],
  other: ['Alt', '3…9'],
  list: ['?'],
} as const;

/** How long the first Shift+F2 waits for the second. */
export const ARMED_MS = 2000;

/** Browsers report a key that an input method takes as number 229. */
const COMPOSING = 229;

/** What a key press means here and now, if anything. Escape never means anything: it must not end a call. */
export function keyAction(pressed: Pressed, situation: Situation): KeyAction | null {
  if (pressed.isComposing || pressed.keyCode === COMPOSING || situation.dialogOpen || pressed.repeat) return null;
  const held = [
    pressed.ctrlKey && 'Ctrl',
    pressed.altKey && 'Alt',
    pressed.metaKey && 'Meta',
    pressed.shiftKey && 'Shift',
  ];
  const chord = [...held.filter(Boolean), pressed.altKey ? pressed.code : pressed.key].join('+');
  const nth = /^Alt\+Digit([1-9])$/.exec(chord)?.[1];
  if (nth) return { outcome: Number(nth) - 1 };
  switch (chord) {
    case 'F2':
      return 'answer';
    case 'F4':
      return 'mute';
    case 'F8':
      return 'hold';
    case 'F9':
      return 'conference';
    case 'Shift+F2':
      return situation.armed ? 'hangUp' : 'armHangUp';
    case 'Ctrl+Enter':
      return 'finish';
    case '?':
    case 'Shift+?':
    case '？':
    case 'Shift+？':
      return situation.typing ? null : 'help';
    default:
      return null;
  }
}
