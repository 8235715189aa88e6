import { describe, expect, it } from 'vitest';
import event from '../../../routing/src/event.rs?raw';
import request from '../../../routing/src/request.rs?raw';
import rustMain from '../../src/wire.rs?raw';
import rustHours from '../../src/wire/hours.rs?raw';
import { BREAKS } from './desk/notices';
import { en } from './i18n/en';
import tsMain from './wire.ts?raw';
import tsHours from './wirehours.ts?raw';

const rust = rustMain + rustHours;
const ts = tsMain + tsHours;

const snake = (name: string) => name.replace(/(?<!^)[A-Z]/g, (letter) => `_${letter}`).toLowerCase();

/** Struct or interface → its fields, in order. */
function shapes(source: string, head: RegExp, field: RegExp): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const [, name, body] of source.matchAll(head)) {
    if (name) found[name] = [...(body ?? '').matchAll(field)].map((m) => m[1] ?? '');
  }
  return found;
}

/** The variants of a Rust enum as JSON names them. */
function variants(source: string, name: string): string[] {
  const body = new RegExp(`pub enum ${name} \\{\\n([\\s\\S]*?)\\n\\}`).exec(source)?.[1] ?? '';
  return [...body.matchAll(/^ {4}([A-Z]\w*)/gm)].map((m) => snake(m[1] ?? ''));
}

describe('wire.ts and wire.rs', () => {
  const ours = shapes(ts, /export interface (\w+) \{\n([\s\S]*?)\n\}/g, /^ {2}(\w+):/gm);
  const theirs = shapes(rust, /pub struct (\w+) \{\n([\s\S]*?)\n\}/g, /^ {4}pub (\w+):/gm);

  it('name the same shapes', () => {
    expect(Object.keys(theirs).length).toBeGreaterThan(10);
    expect(Object.keys(ours).sort()).toEqual(Object.keys(theirs).sort());
  });

  it.each(Object.keys(theirs))('%s has the same fields', (name) => {
    expect(ours[name]).toEqual(theirs[name]);
  });

  it('speak of the same messages', () => {
    const said = (name: string) => [...variants(rust, name)].sort();
    expect(said('ToDesk')).toEqual(['pong', 'reply', 'superseded', 'view']);
    expect(said('FromDesk')).toEqual(['ask', 'ping']);
  });

  it('ask only what the switchboard knows', () => {
    const known = variants(request, 'RequestKind');
    const asked = [...ts.matchAll(/do: '(\w+)'/g)].map((m) => m[1]);
    expect(asked.length).toBe(25);
    expect(known).toEqual(expect.arrayContaining(asked));
  });
});

describe('the catalogues have words for', () => {
  it.each([
    ['Event', event, en.events],
    ['TerminalCause', event, en.console.causes],
    ['Party', event, en.console.parties],
    ['LegRole', event, en.console.legRoles],
    ['WithdrawReason', event, en.console.withdrawn],
    ['Outcome', event, en.console.outcomes],
    ['ObligationKind', event, en.console.obligationKinds],
    ['OperatorState', event, en.desk.states],
    ['RequestError', request, en.common.problems],
  ] as const)('every %s', (name, source, list) => {
    const all = variants(source, name);
    expect(all.length).toBeGreaterThan(1);
    expect(Object.keys(list)).toEqual(expect.arrayContaining(all));
  });

  it('every problem that wire.rs names', () => {
    const text = /pub struct Problem/.exec(rust)
      ? (/`code` is stable[\s\S]*?pub struct Problem/.exec(rust)?.[0] ?? '')
      : '';
    const codes = [...text.matchAll(/`([a-z_]+)`/g)].map((m) => m[1]).filter((code) => code !== 'code');
    expect(codes).toContain('bad_password');
    expect(Object.keys(en.common.problems)).toEqual(expect.arrayContaining(codes));
  });

  it('every break', () => {
    expect(Object.keys(en.desk.breaks)).toEqual([...BREAKS]);
  });

  it('every reason that the routing writes', () => {
    const sources = import.meta.glob('../../../routing/src/**/*.rs', { query: '?raw', import: 'default', eager: true });
    const written = Object.values(sources).flatMap((source) =>
      [...source.matchAll(/Reason::new\("(\w+)"\)/g)].map((m) => m[1] ?? ''),
    );
    const said: Record<string, string> = { ...en.console.reasons, ...en.console.causes, ...en.desk.breaks };
    expect([...new Set(written)].filter((reason) => !Object.hasOwn(said, reason))).toEqual([]);
  });
});
