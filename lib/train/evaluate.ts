import type { Batch } from "../data/batch.js";
import type { SequenceNll, Session } from "../engines/engine.js";
import type { SplitNll } from "./record.js";

/** Mean NLL in nats: over all predicted steps, and the mean of the sequences' own means. */
export function meanNll(sequences: readonly SequenceNll[]): SplitNll {
  const steps = sequences.reduce((sum, s) => sum + s.steps, 0);
  const nll = sequences.reduce((sum, s) => sum + s.nll, 0);
  return {
    nllPerStep: nll / steps,
    nllPerSequence: sequences.reduce((sum, s) => sum + s.nll / s.steps, 0) / sequences.length,
  };
}

/** NLL of a split: all its batches, without noise. Stops early, with what it has, only by an error. */
export async function evaluateSplit(session: Session, batches: Iterable<Batch>): Promise<SplitNll> {
  const sequences: SequenceNll[] = [];
  for (const batch of batches) {
    sequences.push(...(await session.evaluate(batch)));
    await breathe();
  }
  return meanNll(sequences);
}

/** Lets timers, signals and a notebook's interrupt in: a loop of microtasks would keep them out. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
