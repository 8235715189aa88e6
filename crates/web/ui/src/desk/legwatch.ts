import { Backoff } from '../lib/backoff';
import type { LegState } from '../rtc/leg';

/**
 * Opens the leg anew when the browser believes it is up and the engine says that it has none.
 * After a restart of the engine the browser would notice only after half a minute.
 */
export class LegWatch {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private waiting = false;
  /** The socket came back: the next word about audio counts at once. */
  private fresh = false;
  private readonly patience: Backoff;

  constructor(
    private readonly reopen: () => void,
    random: () => number = Math.random,
  ) {
    this.patience = new Backoff(1000, 30_000, random);
  }

  /** The socket opened, perhaps to another run of the engine. */
  reconnected(): void {
    this.fresh = true;
  }

  /** Takes what both ends say; `audio` is null while the engine has said nothing. */
  see(leg: LegState, audio: boolean | null): void {
    if (audio === true) this.patience.reset();
    const atOnce = this.fresh;
    this.fresh = false;
    if (audio !== false || leg !== 'up') return this.rest();
    if (this.waiting && !atOnce) return;
    this.rest();
    this.waiting = true;
    this.timer = setTimeout(() => this.act(), atOnce ? 0 : this.patience.next());
  }

  private act(): void {
    this.waiting = false;
    this.reopen();
  }

  private rest(): void {
    clearTimeout(this.timer);
    this.waiting = false;
  }
}
