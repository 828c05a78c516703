import { GatedRnnError } from "../errors.js";
import { type Generator, generator } from "../random/generator.js";
import { meanOver, type NllMean, type UnitRuns } from "./runs.js";

/** A number with the interval that its bootstrap gives it. */
export interface Estimate {
  /** The estimate itself, from all runs and pieces. */
  readonly value: number;
  /** Lower end of the interval. */
  readonly low: number;
  /** Upper end of the interval. */
  readonly high: number;
}

/** How much one unit is better than another, with an interval; see `compareUnits`. */
export interface Comparison {
  readonly a: string;
  readonly b: string;
  /** Mean NLL of a less that of b over seeds, in nats: negative where a is better. */
  readonly difference: Estimate;
  /** The chance that a run of a scores lower than a run of b (ties count half). */
  readonly probability: Estimate;
  /**
   * What the interval of the difference allows to say, given the smallest difference of interest:
   * one is better by more than that, the two are equal for all that it matters, one is better by an
   * amount that may not matter, or none of these can be said.
   */
  readonly verdict:
    | "a clearly better"
    | "a better"
    | "equivalent"
    | "undecided"
    | "b better"
    | "b clearly better";
  /** Two-sided bootstrap p-value of the difference; for `holm` over a table. */
  readonly pValue: number;
}

/** How units are compared. */
export interface ComparisonOptions {
  readonly mean?: NllMean;
  /** Bootstrap samples. Default 2,000. */
  readonly samples?: number;
  /** Of the intervals. Default 0.95. */
  readonly confidence?: number;
  /** Differences below this are of no interest, in nats; to be set before looking. Default 0.05. */
  readonly smallestDifference?: number;
  /** Seed of the bootstrap. Default 1. */
  readonly seed?: number;
}

/**
 * Compares two units on one data set: the difference of their mean test NLL, and the probability
 * that a run of one beats a run of the other (Bouthillier et al. 2021), with bootstrap intervals
 * over seeds AND test pieces. Each sample draws seeds of a, seeds of b, and one list of pieces for
 * both, all with replacement: pieces are paired, seeds of two units have nothing in common. The
 * intervals are percentiles. With few seeds they are too narrow: a handful of seeds says little
 * about the seeds that were not run.
 *
 * @throws GatedRnnError `usage` for other pieces in a than in b, or options out of their ranges
 */
export function compareUnits(
  a: UnitRuns,
  b: UnitRuns,
  options: ComparisonOptions = {},
): Comparison {
  const { mean = "step", samples = 2000, confidence = 0.95, smallestDifference = 0.05 } = options;
  if (a.steps.join() !== b.steps.join())
    throw new GatedRnnError(
      "usage",
      `comparison: expected ${a.name} and ${b.name} on the same test pieces, got others`,
    );
  if (!(Number.isInteger(samples) && samples >= 1 && confidence > 0 && confidence < 1))
    throw new GatedRnnError(
      "usage",
      `comparison: expected 1 sample or more and a confidence between 0 and 1, got ${samples} and ${confidence}`,
    );
  if (!(smallestDifference >= 0))
    throw new GatedRnnError(
      "usage",
      `comparison: expected a smallest difference of 0 nats or more, got ${smallestDifference}`,
    );
  const everyPiece = a.steps.map((_, p) => p);
  const scores = (unit: UnitRuns, pieces: readonly number[]) =>
    unit.nll.map((nll) => meanOver(nll, unit.steps, pieces, mean));
  const random = generator(options.seed ?? 1, "compare units");
  const differences: number[] = [];
  const probabilities: number[] = [];
  for (let k = 0; k < samples; k++) {
    const pieces = drawn(everyPiece, random);
    const [ofA, ofB] = [drawn(scores(a, pieces), random), drawn(scores(b, pieces), random)];
    differences.push(average(ofA) - average(ofB));
    probabilities.push(chanceOfLower(ofA, ofB));
  }
  const [ofA, ofB] = [scores(a, everyPiece), scores(b, everyPiece)];
  const difference = estimate(average(ofA) - average(ofB), differences, confidence);
  return {
    a: a.name,
    b: b.name,
    difference,
    probability: estimate(chanceOfLower(ofA, ofB), probabilities, confidence),
    verdict: verdict(difference, smallestDifference),
    pValue: twoSided(differences),
  };
}

function verdict({ low, high }: Estimate, smallest: number): Comparison["verdict"] {
  if (high < -smallest) return "a clearly better";
  if (low > smallest) return "b clearly better";
  if (low >= -smallest && high <= smallest) return "equivalent";
  if (high < 0) return "a better";
  if (low > 0) return "b better";
  return "undecided";
}

/** The share of samples on the rarer side of 0, twice; the sample that was seen counts as one. */
function twoSided(differences: readonly number[]): number {
  const below = differences.filter((d) => d <= 0).length;
  const above = differences.filter((d) => d >= 0).length;
  return Math.min(1, (2 * (Math.min(below, above) + 1)) / (differences.length + 1));
}

function chanceOfLower(a: readonly number[], b: readonly number[]): number {
  const points = a.flatMap((x) => b.map((y) => (x < y ? 1 : x === y ? 0.5 : 0)));
  return average(points);
}

const average = (values: readonly number[]) => values.reduce((s, v) => s + v, 0) / values.length;

function drawn<T>(items: readonly T[], random: Generator): T[] {
  return items.map(() => items[random.integer(items.length)]);
}

/** Percentiles, between the neighbouring samples in proportion. */
function estimate(value: number, samples: readonly number[], confidence: number): Estimate {
  const sorted = [...samples].sort((x, y) => x - y);
  const at = (share: number) => {
    const place = share * (sorted.length - 1);
    const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
    return below + (above - below) * (place - Math.floor(place));
  };
  return { value, low: at((1 - confidence) / 2), high: at((1 + confidence) / 2) };
}
