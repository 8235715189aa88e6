import { signal } from '@preact/signals';

/** Whether who is signed in may close, plan and mark what we owe; the engine checks it again. */
export const keeper = signal(false);
