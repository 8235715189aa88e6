/** What a person chose on this machine. Nothing about callers is ever kept here. */
export interface Prefs {
  language: string;
  microphone: string;
  speaker: string;
  ring: string;
  /** The browser takes echo and noise away; not wanted with a good headset. */
  processing: boolean;
}

const KEY = 'helpline.prefs';
const NONE: Prefs = { language: '', microphone: '', speaker: '', ring: '', processing: true };

type Keep = Pick<Storage, 'getItem' | 'setItem'>;

/** Reads what was kept; what is damaged or missing is as if never chosen. */
export function readPrefs(storage: Keep = localStorage): Prefs {
  try {
    const kept: unknown = JSON.parse(storage.getItem(KEY) ?? '{}');
    return { ...NONE, ...ofKnownShape(kept) };
  } catch {
    return NONE;
  }
}

/** Keeps a choice beside the others. */
export function writePrefs(change: Partial<Prefs>, storage: Keep = localStorage): void {
  try {
    storage.setItem(KEY, JSON.stringify({ ...readPrefs(storage), ...change }));
  } catch {
    // Private windows may refuse to keep anything: then the choice lasts as long as the page.
  }
}

function ofKnownShape(kept: unknown): Partial<Prefs> {
  if (typeof kept !== 'object' || kept === null) return {};
  const same = Object.entries(kept).filter(([key, value]) => typeof value === typeof NONE[key as keyof Prefs]);
  return Object.fromEntries(same);
}
