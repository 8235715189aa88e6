/** Hours as people type them: `09:00-12:00 13:00-21:00`, with commas or blanks between; nothing: none. Undefined: not understood. */
export function readHours(text: string): string[] | undefined {
  const parts = text
    .replaceAll(/[：]/g, ':')
    .replaceAll(/\s*[-–—~至到]\s*/g, '-')
    .split(/[\s,，、;；]+/)
    .filter((part) => part !== '');
  const hours = parts.map(readOne);
  const good = hours.filter((one) => one !== undefined).sort();
  if (good.length < hours.length) return undefined;
  const meets = good.some((one, at) => at > 0 && one.slice(0, 5) <= (good[at - 1] ?? '').slice(6));
  return meets ? undefined : good;
}

function readOne(text: string): string | undefined {
  const found = /^(\d{1,2})(?::(\d{2}))?-(\d{1,2})(?::(\d{2}))?$/.exec(text);
  if (!found) return undefined;
  const [, fromHour = '', fromMinute = '00', toHour = '', toMinute = '00'] = found;
  const from = `${fromHour.padStart(2, '0')}:${fromMinute}`;
  const to = `${toHour.padStart(2, '0')}:${toMinute}`;
  const sound = Number(fromHour) < 24 && Number(fromMinute) < 60 && Number(toMinute) < 60 && to <= '24:00';
  return sound && from < to ? `${from}-${to}` : undefined;
}

/** A date so many days after another: `2026-11-30`. */
export function dayAfter(date: string, days: number): string {
  const at = Date.parse(`${date}T00:00:00Z`);
  return Number.isNaN(at) ? date : new Date(at + days * 86_400_000).toISOString().slice(0, 10);
}

/** 0 for Monday. */
export function weekdayOf(date: string): number {
  return (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7;
}

/** The moment of a wall clock in Beijing, `2026-11-30T14:30`, in UTC; null: no such moment. */
export function fromBeijing(wall: string): string | null {
  const at = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(wall) ? Date.parse(`${wall}:00+08:00`) : Number.NaN;
  return Number.isNaN(at) ? null : new Date(at).toISOString();
}
