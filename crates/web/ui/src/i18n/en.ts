import { common } from './en/common';
import { console } from './en/console';
import { desk } from './en/desk';
import { events } from './en/events';
import { hours } from './en/hours';
import { login } from './en/login';
import { trial } from './en/try';

export const en = { common, login, desk, console, hours, trial, events };

/** What a language must say: all of it, or the build fails. */
export type Catalogue = typeof en;
