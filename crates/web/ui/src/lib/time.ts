import { signal } from '@preact/signals';

/** The helpline lives by this clock, wherever the machine is. */
export const ZONE = 'Asia/Shanghai';

const OFFSET_MS = 8 * 3600_000;
const DAY_MS = 24 * 3600_000;

/** How far the engine's clock is ahead of this machine's. */
let ahead = 0;

/** The engine's time, twice a second. */
export const now = signal(Date.now());

if (typeof document !== 'undefined') {
  setInterval(() => {
    now.value = engineTime();
  }, 500);
}

/** Learns the engine's clock from a message that was sent just now. */
export function setEngineClock(utc: string): void {
  const sent = Date.parse(utc);
  if (Number.isNaN(sent)) return;
  ahead = sent - Date.now();
  now.value = sent;
}

/** The engine's time, now. */
export function engineTime(): number {
  return Date.now() + ahead;
}

/** Milliseconds from a moment to another, never below zero. */
export function since(utc: string, at: number): number {
  const from = Date.parse(utc);
  return Number.isNaN(from) ? 0 : Math.max(0, at - from);
}

/** `0:07`, `12:30`, `1:02:03`: how long something takes or has taken. */
export function clock(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000));
  const [h, m, s] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  const two = (n: number) => String(n).padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** What is left, rounded up: a countdown shows 1 until it is over. */
export function countdown(utc: string, at: number): string {
  return clock(Math.ceil(Math.max(0, Date.parse(utc) - at) / 1000) * 1000 || 0);
}

const format = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat('en-CA', { timeZone: ZONE, hourCycle: 'h23', ...options });

const DATE = format({ year: 'numeric', month: '2-digit', day: '2-digit' });
const TIME = format({ hour: '2-digit', minute: '2-digit', second: '2-digit' });
const MINUTE = format({ hour: '2-digit', minute: '2-digit' });

/** `2026-11-22` in Beijing. */
export function beijingDate(at: number): string {
  return DATE.format(at);
}

/** `09:05:00` in Beijing. */
export function beijingTime(at: number): string {
  return TIME.format(at);
}

/** `09:05` in Beijing. */
export function beijingMinute(at: number): string {
  return MINUTE.format(at);
}

/** `2026-11-22 09:05:00` in Beijing, from RFC 3339; what is no time stays as it is. */
export function beijing(utc: string): string {
  const at = Date.parse(utc);
  return Number.isNaN(at) ? utc : `${beijingDate(at)} ${beijingTime(at)}`;
}

/** `09:05:00.250` in Beijing: for the steps of one call. */
export function beijingExact(utc: string): string {
  const at = Date.parse(utc);
  return Number.isNaN(at) ? utc : `${beijingTime(at)}.${String(at % 1000).padStart(3, '0')}`;
}

/** The first moment of a Beijing day (`2026-11-22`), or of the day after it, in UTC. */
export function beijingDay(day: string, after = false): string | null {
  const midnight = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(midnight)) return null;
  return new Date(midnight - OFFSET_MS + (after ? DAY_MS : 0)).toISOString();
}

/** A moment from a field of date and time, which is meant in Beijing; nothing where it is none. */
export function fromBeijing(local: string): string | null {
  const at = Date.parse(`${local}:00+08:00`);
  return Number.isNaN(at) ? null : new Date(at).toISOString();
}
