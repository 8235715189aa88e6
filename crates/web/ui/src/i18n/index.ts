import { computed, effect, signal } from '@preact/signals';
import { readPrefs, writePrefs } from '../lib/prefs';
import { type Catalogue, en } from './en';
import { zhCN } from './zh-CN';

export type { Catalogue } from './en';

/** Every language of the pages, by its tag, under the name that its speakers give it. */
export const LANGUAGES = { 'zh-CN': '中文', en: 'English' } as const;

export type Lang = keyof typeof LANGUAGES;

export const CATALOGUES: Record<Lang, Catalogue> = { 'zh-CN': zhCN, en };

/** The first of the wished-for languages that we speak. */
export function pick(wished: readonly string[]): Lang {
  for (const tag of wished) {
    if (/^zh\b/i.test(tag)) return 'zh-CN';
    if (/^en\b/i.test(tag)) return 'en';
  }
  return 'zh-CN';
}

/** The language of the page. */
export const lang = signal<Lang>(
  typeof window === 'undefined' ? 'en' : pick([readPrefs().language, ...navigator.languages]),
);

/** The words of the page. */
export const t = computed(() => CATALOGUES[lang.value]);

/** Chooses a language for this machine. */
export function setLang(chosen: Lang): void {
  lang.value = chosen;
  writePrefs({ language: chosen });
}

/** A word of a list by its key; a key that no list has is shown as it is, readable. */
export function word(list: Record<string, string>, key: string): string {
  return Object.hasOwn(list, key) ? (list[key] as string) : key.replaceAll('_', ' ');
}

if (typeof document !== 'undefined') {
  effect(() => {
    document.documentElement.lang = lang.value;
  });
}
