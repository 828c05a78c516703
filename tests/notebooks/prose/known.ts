import { join, resolve } from "node:path";
import { atPace, readPaces } from "../../../lib/show/paces.js";
import type { NllMean } from "../../../lib/statistics/runs.js";
import { chosenRecords } from "../../../lib/sweep/chosen.js";
import { readRecords } from "../../../lib/sweep/records.js";
import type { EpochPoint, RunRecord } from "../../../lib/train/record.js";

const root = resolve(import.meta.dirname, "..", "..", "..");
const results = join(root, "notebooks", "results");
const paces = readPaces(join(root, "docs", "bench", "paces.json"));

/** The committed records that the prose is about. */
export interface Records {
  readonly music: readonly RunRecord[];
  readonly speech: readonly RunRecord[];
  readonly long: readonly RunRecord[];
  /** Music by the protocol of the authors' published code. */
  readonly authors: readonly RunRecord[];
  /** Music by that protocol with every unit at the rate of its published files, 0.001. */
  readonly published: readonly RunRecord[];
  /** At rates beyond the edges of our searches, with the first seed. */
  readonly beyond: readonly RunRecord[];
  /** Music with chords drawn jointly. */
  readonly nade: readonly RunRecord[];
}

export function committedRecords(): Records {
  const read = (folder: string) => readRecords(join(results, folder));
  return {
    music: read("music"),
    speech: read("speech"),
    long: read("long"),
    authors: read("music-authors"),
    published: read("published-rate"),
    beyond: read("beyond"),
    nade: read("nade"),
  };
}

export const sets = ["nottingham", "jsb", "musedata", "piano-midi"] as const;
export const units = ["tanh", "gru", "lstm"] as const;

/** Chosen runs, by data set and unit, and the numbers that sentences are made of. */
export class Known {
  constructor(readonly records: Records) {}

  /** All seeds of the chosen rate, at one machine's pace; on speech with or without the paper's weight noise. */
  runs(data: string, cell: string, noise = 0.075): RunRecord[] {
    const all = data.startsWith("speech") ? this.records.speech : this.records.music;
    const ofData = all.filter(
      ({ configuration: c }) => c.data === data && c.cell === cell && c.weightNoise === noise,
    );
    return atPace(chosenRecords(ofData), paces);
  }

  /** Mean over the seeds, in nats. */
  nll(
    data: string,
    cell: string,
    { split = "test", mean = "step", noise = 0.075 }: NllOptions = {},
  ): number {
    const of = mean === "step" ? "nllPerStep" : "nllPerSequence";
    return average(this.runs(data, cell, noise).map(({ results }) => results[split][of]));
  }

  /** All seeds of the rate chosen by the authors' protocol, as far as its search has come. */
  byAuthors(data: string, cell: string): RunRecord[] {
    return chosenRecords(this.records.authors).filter(
      ({ configuration: c }) => c.data === data && c.cell === cell,
    );
  }

  /** A curve's mean over the seeds, epoch by epoch, as far as all of them go. */
  curve(data: string, cell: string, of: (point: EpochPoint) => number = validation): number[] {
    const runs = this.runs(data, cell);
    const epochs = Math.min(...runs.map(({ curve }) => curve.length));
    return Array.from({ length: epochs }, (_, e) => average(runs.map(({ curve }) => of(curve[e]))));
  }

  /** Units in the order of their validation NLL after an epoch, the best first. */
  order(data: string, epoch: number): string {
    const at = (cell: string) => this.curve(data, cell)[epoch - 1];
    return [...units].sort((a, b) => at(a) - at(b)).join(" ");
  }
}

export interface NllOptions {
  readonly split?: "train" | "valid" | "test";
  readonly mean?: NllMean;
  readonly noise?: number;
}

export const validation = (point: EpochPoint) => point.valid.nllPerStep;
export const average = (values: readonly number[]) =>
  values.reduce((a, b) => a + b, 0) / values.length;

/** As prose writes it: two decimals, and a true minus. */
export const nats = (value: number, digits = 2) => value.toFixed(digits).replace("-", "−");

/** The least and the greatest of some numbers as prose has them: "0.05 to 0.11". */
export const range = (values: readonly number[], joint = " to ") =>
  `${nats(Math.min(...values))}${joint}${nats(Math.max(...values))}`;

/**
 * A sentence about our results, word for word as it stands in the prose of a notebook or page. Its
 * numbers are computed, or, where it has none, `holds` says whether the records bear it out.
 */
export interface Claim {
  /** "04-figure-2", or a file's name: "README.md". */
  readonly where: string;
  readonly sentence: string | ((known: Known) => string);
  readonly holds?: (known: Known) => boolean;
}
