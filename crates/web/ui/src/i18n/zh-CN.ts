import type { Catalogue } from './en';
import { common } from './zh-CN/common';
import { console } from './zh-CN/console';
import { desk } from './zh-CN/desk';
import { events } from './zh-CN/events';
import { hours } from './zh-CN/hours';
import { login } from './zh-CN/login';
import { trial } from './zh-CN/try';

export const zhCN: Catalogue = { common, login, desk, console, hours, trial, events };
