/**
 * Finds who has fallen silent: by looks in which a sign of life has not changed. No clock is read, so none can be wrong; and while
 * nobody can look, because the database is away or this machine asleep, nobody grows silent.
 */
export class Silence {
  private readonly seen = new Map<string, { readonly sign: string; readonly looks: number }>();

  /** @param enough looks without a change */
  constructor(private readonly enough: number) {}

  /** One look at all that are there, by name. Returns the silent ones. */
  look(signs: ReadonlyMap<string, string>): string[] {
    for (const name of [...this.seen.keys()]) if (!signs.has(name)) this.seen.delete(name);
    for (const [name, sign] of signs) {
      const before = this.seen.get(name);
      this.seen.set(name, { sign, looks: before?.sign === sign ? before.looks + 1 : 0 });
    }
    return [...this.seen].filter(([, { looks }]) => looks >= this.enough).map(([name]) => name);
  }
}
