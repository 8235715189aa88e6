import { describe, expect, it } from 'vitest';
import { readPrefs, writePrefs } from './prefs';

function storage(content?: string) {
  let kept = content ?? null;
  return {
    getItem: () => kept,
    setItem: (_: string, value: string) => {
      kept = value;
    },
    text: () => kept,
  };
}

describe('preferences', () => {
  it('keep one choice beside the others', () => {
    const kept = storage();
    writePrefs({ language: 'en' }, kept);
    writePrefs({ processing: false }, kept);
    expect(readPrefs(kept)).toMatchObject({ language: 'en', processing: false, speaker: '' });
  });

  it.each(['{', 'null', '[1]', '{"processing":"yes","unknown":1}'])('survive %s', (damaged) => {
    expect(readPrefs(storage(damaged))).toMatchObject({ processing: true, language: '' });
  });

  it('never keep what is no preference', () => {
    const kept = storage('{"caller":"13912345678"}');
    writePrefs({ ring: 'x' }, kept);
    expect(kept.text()).not.toContain('139');
  });
});
