import type { Generator } from "../random/generator.js";
import type { Batch } from "./batch.js";
import { checkShuffle, wholeNumber } from "./whole-number.js";

/** Some consecutive steps of a sequence: `steps` predictions, from step `first` on. */
export interface Excerpt {
  /** Position of the sequence in its split. */
  readonly source: number;
  readonly first: number;
  readonly steps: number;
}

/** How sequences become batches of about the same length. */
export interface BucketOptions {
  /** Sequences of a batch, from 1 on; one of an epoch may have fewer. */
  readonly batchSize: number;
  /**
   * Longer sequences are cut into excerpts of at most this many predicted steps; every step is still
   * predicted once.
   */
  readonly maxSteps?: number;
  /**
   * Puts sequences of one length, and then the batches, in random order; without it both keep
   * theirs, longest first.
   */
  readonly shuffle?: Generator;
}

/**
 * Sequences in batches of about the same length.
 *
 * @param lengths predicted steps of each sequence; those without one are left out
 * @throws GatedRnnError `usage` for a batch size or most steps that are no whole numbers from 1 up
 */
export function buckets(
  lengths: ArrayLike<number>,
  { batchSize, maxSteps, shuffle }: BucketOptions,
): Excerpt[][] {
  wholeNumber("batches", "a batch size", batchSize, 1);
  if (maxSteps !== undefined) wholeNumber("batches", "most steps", maxSteps, 1);
  checkShuffle("batches", shuffle);
  const cut = whole(lengths).flatMap((excerpt) =>
    maxSteps === undefined ? [excerpt] : chop(excerpt, maxSteps),
  );
  const sorted = (shuffle ? shuffle.shuffle(cut) : cut).sort((a, b) => b.steps - a.steps); // stable
  const batches: Excerpt[][] = [];
  for (let i = 0; i < sorted.length; i += batchSize) batches.push(sorted.slice(i, i + batchSize));
  return shuffle ? shuffle.shuffle(batches) : batches;
}

/** Whole sequences, apart from those that have nothing to predict. */
export function whole(lengths: ArrayLike<number>): Excerpt[] {
  return Array.from(lengths, (steps, source) => ({ source, first: 0, steps })).filter(
    ({ steps }) => steps > 0,
  );
}

function chop({ source, steps }: Excerpt, most: number): Excerpt[] {
  return Array.from({ length: Math.ceil(steps / most) }, (_, k) => ({
    source,
    first: k * most,
    steps: Math.min(most, steps - k * most),
  }));
}

/** A batch without its rows. */
type Packing = Pick<Batch, "size" | "time" | "lengths" | "stepOffsets" | "sources">;

/** Excerpts side by side, longest first: see `Batch`. There is at least one. */
export function packing(excerpts: readonly Excerpt[]): Packing & { readonly order: Excerpt[] } {
  const order = [...excerpts].sort((a, b) => b.steps - a.steps);
  const time = order[0].steps;
  const stepOffsets = new Int32Array(time + 1);
  for (let t = 0, running = order.length; t < time; t++) {
    while (order[running - 1].steps <= t) running--;
    stepOffsets[t + 1] = stepOffsets[t] + running;
  }
  return {
    order,
    size: order.length,
    time,
    lengths: Int32Array.from(order, (e) => e.steps),
    stepOffsets,
    sources: Int32Array.from(order, (e) => e.source),
  };
}
