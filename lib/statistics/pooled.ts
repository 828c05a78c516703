import { pairedTest } from "./paired-test.js";

/** One data set's evidence: the scores of two units, in nats, one for each seed. */
export interface DataSetScores {
  readonly data: string;
  /** One unit's scores, by seed. */
  readonly a: readonly number[];
  /** The other's. */
  readonly b: readonly number[];
}

/** What several data sets say together about one claim; see `pooledClaim`. */
export interface PooledClaim {
  /** How many data sets: the number of independent pieces of evidence, whatever the seeds. */
  readonly dataSets: number;
  /** By data set: mean of a less mean of b, in nats. */
  readonly differences: readonly { readonly data: string; readonly difference: number }[];
  /** Mean over the data sets. */
  readonly mean: number;
  /** On how many data sets the difference has the sign of the mean. */
  readonly agreeing: number;
  /** Exact, over data sets; four cannot give less than 0.125. */
  readonly pValue: number;
}

/**
 * A claim about units on data sets in general: each data set counts once, by the mean over its
 * seeds. More seeds make that mean surer; they are no further data sets.
 *
 * @throws GatedRnnError `usage` for no data sets, or one without scores
 */
export function pooledClaim(sets: readonly DataSetScores[]): PooledClaim {
  const average = (values: readonly number[]) => values.reduce((s, v) => s + v, 0) / values.length;
  const differences = sets.map(({ data, a, b }) => ({ data, difference: average(a) - average(b) }));
  const { mean, agreeing, pValue } = pairedTest(
    differences.map(({ difference }) => difference),
    differences.map(() => 0),
  );
  return { dataSets: sets.length, differences, mean, agreeing, pValue };
}
