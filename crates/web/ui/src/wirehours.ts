// Opening hours and rota, as `../../src/wire/hours.rs` says it; `wire.test.ts` holds the two together.

export interface HoursPage {
  now: string;
  services: ServiceView[];
  holidays: HolidayView[];
  changes: ChangeView[];
}

export interface ServiceView {
  service: string;
  open: boolean;
  why: 'always' | 'weekly' | 'exception' | 'switched';
  name: string | null;
  by: string | null;
  changes: string | null;
  opens: string | null;
  calendar: string | null;
  version: string | null;
  zone: string | null;
  confirmed_until: string | null;
  days_ahead: number | null;
  notices: string[];
  at_closing: string;
  last_call_min: number;
  days: DayView[];
  unplanned: StretchView[];
  unpromised: StretchView[];
}

export interface DayView {
  date: string;
  hours: string[];
  name: string | null;
  computed: boolean;
}

export interface StretchView {
  service: string;
  from: string;
  to: string;
}

export interface HolidayView {
  calendar: string;
  holiday: string;
  name: string;
  from: string;
  to: string;
  confirmed: string | null;
  by: string | null;
}

export interface ChangeView {
  utc: string;
  event: string;
  detail: Record<string, unknown>;
}

export interface SwitchBody {
  service: string;
  closed: boolean | null;
  until: string | null;
  reason: string | null;
  waiting: string | null;
}

export interface ConfirmBody {
  calendar: string;
  holiday: string;
}

export interface RotaPage {
  week: string;
  today: string;
  operators: RotaRow[];
  unplanned: StretchView[];
}

export interface RotaRow {
  operator: string;
  name: string;
  known: boolean;
  week: string[][];
  days: Record<string, string[]>;
}

export interface RotaBody {
  week: string[][];
  days: Record<string, string[]>;
}
