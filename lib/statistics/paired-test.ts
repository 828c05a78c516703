import { GatedRnnError } from "../errors.js";
import { generator } from "../random/generator.js";

/** What a test of paired numbers says; see `pairedTest`. */
export interface PairedTest {
  /** How many pairs. */
  readonly pairs: number;
  /** Mean of a − b. */
  readonly mean: number;
  /** How many of the differences have the sign of their mean. */
  readonly agreeing: number;
  /**
   * Two-sided: the chance of a mean at least as far from 0 if each difference were as likely to have
   * the other sign. Never below 2 / 2^pairs: three pairs cannot give less than 0.25, six no less
   * than 0.031. Where signs are sampled, never below 1 / (samples + 1).
   */
  readonly pValue: number;
  /** Whether all 2^pairs ways were counted, or as many as `samples` says were drawn. */
  readonly exact: boolean;
}

/** How pairs are tested. */
export interface PairedTestOptions {
  /** Ways to give signs that are drawn where there are more than 2^20. Default 100,000. */
  readonly samples?: number;
  /** Seed of the signs that are drawn. Default 1. */
  readonly seed?: number;
}

/** Up to this many pairs all 2^n ways are counted. */
const mostCounted = 20;

/**
 * Fisher's randomisation test of paired numbers. Asks nothing of the distribution of the
 * differences, but that the pairs are independent: seeds of one data set and learning rate are not
 * independent evidence about other data sets; give it a mean per data set for a claim about data
 * sets.
 *
 * @throws GatedRnnError `usage` for lists of different length, none, or numbers that are not finite
 */
export function pairedTest(
  a: readonly number[],
  b: readonly number[],
  { samples = 100_000, seed = 1 }: PairedTestOptions = {},
): PairedTest {
  if (a.length !== b.length || a.length === 0)
    throw new GatedRnnError(
      "usage",
      `paired test: expected as many numbers on both sides, at least one, got ${a.length} and ${b.length}`,
    );
  const differences = a.map((v, i) => v - b[i]);
  if (!differences.every(Number.isFinite))
    throw new GatedRnnError("usage", "paired test: expected finite numbers, got one that is not");
  if (!(Number.isInteger(samples) && samples >= 1))
    throw new GatedRnnError("usage", `paired test: expected 1 sample or more, got ${samples}`);
  const sum = differences.reduce((s, d) => s + d, 0);
  const tolerance = 1e-12 * differences.reduce((s, d) => s + Math.abs(d), 0); // another order of sums
  const isAsFar = (other: number) => Math.abs(other) >= Math.abs(sum) - tolerance;
  const exact = a.length <= mostCounted;
  return {
    pairs: a.length,
    mean: sum / a.length,
    agreeing: differences.filter((d) => Math.sign(d) === Math.sign(sum)).length,
    pValue: exact ? counted(differences, isAsFar) : sampled(differences, isAsFar, samples, seed),
    exact,
  };
}

function counted(differences: readonly number[], isAsFar: (sum: number) => boolean): number {
  let asFar = 0;
  for (let signs = 0; signs < 2 ** differences.length; signs++)
    if (isAsFar(differences.reduce((s, d, i) => s + ((signs >> i) & 1 ? -d : d), 0))) asFar += 1;
  return asFar / 2 ** differences.length;
}

/** The given signs count as one of the ways: a p-value of 0 would claim more than was looked at. */
function sampled(
  differences: readonly number[],
  isAsFar: (sum: number) => boolean,
  samples: number,
  seed: number,
): number {
  const random = generator(seed, "paired test");
  let asFar = 1;
  for (let k = 0; k < samples; k++)
    if (isAsFar(differences.reduce((s, d) => s + (random.uniform() < 0.5 ? -d : d), 0))) asFar += 1;
  return asFar / (samples + 1);
}
