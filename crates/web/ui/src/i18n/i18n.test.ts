import { describe, expect, it } from 'vitest';
import { Detail } from '../lib/detail';
import { CATALOGUES, pick, word } from '.';

type Tree = { [key: string]: Tree | string | string[] | ((...given: never[]) => string) };

/** Every path of a catalogue with the kind of thing that stands there. */
function paths(tree: Tree, at = ''): string[] {
  return Object.entries(tree).flatMap(([key, value]) => {
    const here = `${at}/${key}`;
    if (typeof value === 'string') return value.trim() ? [here] : [];
    if (typeof value === 'function') return [`${here}()`];
    return Array.isArray(value) ? [`${here}[${value.length}]`] : paths(value, here);
  });
}

describe('catalogues', () => {
  it('say the same things in every language, nothing empty', () => {
    const english = paths(CATALOGUES.en);
    expect(english.length).toBeGreaterThan(300);
    expect(paths(CATALOGUES['zh-CN'] as unknown as Tree)).toEqual(english);
  });

  it('leave no English in Chinese sentences but names and keys', () => {
    const { desk, common } = CATALOGUES['zh-CN'];
    for (const text of Object.values({ ...desk.faults, ...desk.notices, ...common.problems })) {
      if (typeof text === 'string') expect(text).toMatch(/[\u4e00-\u9fff]/);
    }
  });

  it('say "operator", never "agent", and "caller" or "worker"', () => {
    const text = JSON.stringify(CATALOGUES.en);
    expect(text).not.toMatch(/\bagents?\b/i);
    expect(text).not.toMatch(/\bcustomers?\b/i);
  });
});

describe('pick', () => {
  it('takes the first wished-for language that we speak', () => {
    expect(pick(['fr', 'en-GB', 'zh-CN'])).toBe('en');
    expect(pick(['', 'zh-TW'])).toBe('zh-CN');
    expect(pick(['zh'])).toBe('zh-CN');
  });

  it('falls back to Chinese, the language of the helpline', () => {
    expect(pick(['de'])).toBe('zh-CN');
  });
});

describe('words', () => {
  it('show a key that no list has, readable', () => {
    expect(word({ a: 'A' }, 'not_known')).toBe('not known');
    expect(word({ a: 'A' }, 'toString')).toBe('toString');
  });
});

describe('events', () => {
  const say = (language: 'en' | 'zh-CN', event: keyof typeof CATALOGUES.en.events, detail: unknown) =>
    CATALOGUES[language].events[event](new Detail(detail));

  it('are said with what they carry', () => {
    const detail = { operator: 'chen', outcome: { how: 'withdrawn', why: 'caller_left' } };
    expect(say('en', 'offer_ended', detail)).toBe('The ring at chen ended: the caller hung up');
    expect(say('zh-CN', 'offer_ended', detail)).toBe('chen 处的响铃结束：对方挂断');
    expect(say('en', 'notice_heard', { opens: '2026-11-23T01:00:00Z' })).toContain('2026-11-23 09:00:00');
  });

  it.each(['en', 'zh-CN'] as const)('survive details of any shape (%s)', (language) => {
    for (const event of Object.keys(CATALOGUES.en.events) as (keyof typeof CATALOGUES.en.events)[]) {
      for (const detail of [null, 7, 'text', [], {}, { outcome: null, state: 3, quality: 'x', caller: [] }]) {
        expect(say(language, event, detail)).not.toMatch(/undefined|NaN|\[object/);
      }
    }
  });
});
