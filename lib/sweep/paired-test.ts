import { GatedRnnError } from "../errors.js";

export interface PairedTest {
  /** How many pairs. */
  readonly pairs: number;
  /** Mean of a − b. */
  readonly mean: number;
  /** How many of the differences have the sign of their mean. */
  readonly agreeing: number;
  /**
   * Two-sided: the chance of a mean at least as far from 0 if each difference were as likely to have the other sign. Never below
   * 2 / 2^pairs: three pairs cannot give less than 0.25, six no less than 0.031.
   */
  readonly pValue: number;
}

const most = 20;

/**
 * Fisher's exact randomisation test of paired numbers: all 2^n ways to give the differences signs are counted. Asks nothing of their
 * distribution.
 *
 * @throws GatedRnnError `usage` for lists of different length, none, or more than 20 pairs
 */
export function pairedTest(a: readonly number[], b: readonly number[]): PairedTest {
  if (a.length !== b.length || a.length === 0 || a.length > most)
    throw new GatedRnnError(
      "usage",
      `paired test: expected 1 to ${most} pairs, got ${a.length} and ${b.length} numbers`,
    );
  const differences = a.map((v, i) => v - b[i]);
  const sum = differences.reduce((s, d) => s + d, 0);
  const tolerance = 1e-12 * differences.reduce((s, d) => s + Math.abs(d), 0); // sums in another order
  let asFar = 0;
  for (let signs = 0; signs < 2 ** a.length; signs++) {
    const other = differences.reduce((s, d, i) => s + ((signs >> i) & 1 ? -d : d), 0);
    if (Math.abs(other) >= Math.abs(sum) - tolerance) asFar += 1;
  }
  return {
    pairs: a.length,
    mean: sum / a.length,
    agreeing: differences.filter((d) => Math.sign(d) === Math.sign(sum)).length,
    pValue: asFar / 2 ** a.length,
  };
}
