import { beijing } from './time';

/** The fields of an event, from outside: read with care, said in words by the catalogues. */
export class Detail {
  constructor(private readonly value: unknown) {}

  /** A text, number or truth by the path of its keys; empty when there is none. */
  text(...path: string[]): string {
    const found = this.at(path);
    return typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean' ? String(found) : '';
  }

  /** Whether something stands there that is not false, zero or empty. */
  has(...path: string[]): boolean {
    return Boolean(this.at(path));
  }

  /** A number, rounded to one place. */
  number(...path: string[]): string {
    const found = this.at(path);
    return typeof found === 'number' ? String(Math.round(found * 10) / 10) : '?';
  }

  /** The texts of a list. */
  list(...path: string[]): string[] {
    const found = this.at(path);
    return Array.isArray(found) ? found.filter((item): item is string => typeof item === 'string') : [];
  }

  /** A moment in Beijing time. */
  time(...path: string[]): string {
    return beijing(this.text(...path));
  }

  private at(path: string[]): unknown {
    let value = this.value;
    for (const key of path) {
      if (typeof value !== 'object' || value === null) return undefined;
      value = (value as Record<string, unknown>)[key];
    }
    return value;
  }
}
