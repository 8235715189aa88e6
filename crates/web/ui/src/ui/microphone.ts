import { t } from '../i18n';

/** What is wrong with the microphone and what to do, for a blocked one in the words of this browser; null for what is no such fault. */
export function microphoneFault(state: string): string | null {
  const words = t.value.common.microphone;
  if (state === 'blocked') return `${words.blocked} ${words.blockedHelp[browser(navigator.userAgent)]}`;
  const { blockedHelp, ...faults } = words;
  return Object.hasOwn(faults, state) ? faults[state as keyof typeof faults] : null;
}

/** Which browser's menus to describe. */
export function browser(agent: string): 'chromium' | 'firefox' | 'safari' | 'other' {
  if (/Firefox\//.test(agent)) return 'firefox';
  if (/Chrom(e|ium)\//.test(agent)) return 'chromium';
  return /Safari\//.test(agent) ? 'safari' : 'other';
}
