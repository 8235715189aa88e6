/** Waiting times that double from `first` to `last`, in milliseconds, shaken by up to a quarter so that desks do not return in step. */
export class Backoff {
  private tries = 0;

  constructor(
    private readonly first: number,
    private readonly last: number,
    private readonly random: () => number = Math.random,
  ) {}

  /** How long to wait before the next try. */
  next(): number {
    const wait = Math.min(this.last, this.first * 2 ** this.tries);
    this.tries = Math.min(this.tries + 1, 30);
    return wait * (1 - this.random() / 4);
  }

  /** It worked: begin anew next time. */
  reset(): void {
    this.tries = 0;
  }
}
