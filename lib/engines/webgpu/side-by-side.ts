import type { Kernels, Mode } from "./kernels.js";
import type { Call } from "./layout.js";
import type { Memory, Outcome } from "./memory.js";

interface Waiting {
  readonly call: Call;
  readonly mode: Mode;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Runs of one model that compute in the same dispatches: a call waits until every open run has made one, or has left. Their results
 * are those of runs alone: nothing that a run computes depends on what lies beside it.
 */
export class SideBySide {
  private readonly open = new Set<number>();
  /** By place, in the order in which they were asked for. */
  private readonly waiting = new Map<number, Waiting[]>();

  constructor(
    readonly memory: Memory,
    readonly kernels: Kernels,
    private readonly places: number,
    private readonly onEmpty: () => void,
  ) {}

  get isFull(): boolean {
    return this.open.size >= this.places;
  }

  /** The place of a new run, which the others wait for from now on. */
  async join(): Promise<number> {
    let slot = 0;
    while (this.open.has(slot)) slot += 1;
    this.open.add(slot);
    try {
      await this.memory.reserve(Math.max(...this.open) + 1);
    } catch (error) {
      this.leave(slot);
      throw error;
    }
    return slot;
  }

  leave(slot: number): void {
    if (!this.open.delete(slot)) return;
    if (this.open.size === 0) this.onEmpty();
    else this.goOn();
  }

  compute(call: Call, mode: Mode): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      const one = { call, mode, resolve, reject };
      this.waiting.set(call.slot, [...(this.waiting.get(call.slot) ?? []), one]);
      this.goOn();
    });
  }

  private goOn(): void {
    while (this.open.size > 0 && [...this.open].every((slot) => this.waiting.has(slot)))
      this.goOnWith([...this.open].sort((a, b) => a - b).map((slot) => this.take(slot)));
  }

  private take(slot: number): Waiting {
    const [first, ...others] = this.waiting.get(slot) as Waiting[];
    if (others.length > 0) this.waiting.set(slot, others);
    else this.waiting.delete(slot);
    return first;
  }

  private goOnWith(all: readonly Waiting[]): void {
    const kinds = new Map<string, Waiting[]>();
    for (const one of all) {
      const kind = `${one.mode} ${one.call.batch.input.kind}`;
      kinds.set(kind, [...(kinds.get(kind) ?? []), one]);
    }
    for (const same of kinds.values()) this.settle(same);
  }

  private async settle(same: readonly Waiting[]): Promise<void> {
    try {
      const calls = same.map(({ call }) => call);
      const outcomes = await this.memory.compute(calls, same[0].mode);
      for (const [k, { resolve }] of same.entries()) resolve(outcomes[k]);
    } catch (error) {
      for (const { reject } of same) reject(error);
    }
  }
}
