import { cellNamed, cellNames } from "../cells/index.js";
import { recallForgotten } from "../data/recall.js";
import { type Comparison, compareUnits } from "../statistics/comparison.js";
import { holm } from "../statistics/holm.js";
import { unitRuns } from "../statistics/runs.js";
import { addingForgotten, addingHalf } from "../tasks/adding.js";
import { isMemoryTask } from "../tasks/memory.js";
import type { ProtocolName, RunRecord } from "../train/record.js";
import { chosenRecords } from "./chosen.js";
import { grouped } from "./grouped.js";

/** A unit or variant on a data set: what it scores, and what it loses to the whole unit that it comes from. */
export interface AtlasRow {
  readonly data: string;
  readonly protocol: ProtocolName;
  readonly cell: string;
  /** The whole unit; undefined for one that is whole itself. */
  readonly of: string | undefined;
  /** Hidden units. */
  readonly hiddenSize: number;
  /** Of the recurrent layer. */
  readonly parameters: number;
  /** Learning rates that it was chosen among: those that every cell of the set was tried with. */
  readonly rates: number;
  /** The chosen one: of the lowest validation NLL. */
  readonly learningRate: number;
  /** All of them at the chosen rate. */
  readonly seeds: readonly number[];
  /** Mean test NLL over the seeds, in nats per step. */
  readonly test: number;
  /** To the whole unit, which is b: a positive difference is what the variant loses. */
  readonly comparison: Comparison | undefined;
  /** Its p-value, corrected for all variants of the set. */
  readonly pValue: number | undefined;
}

/**
 * The gate atlas from records: on each data set, by each protocol, every variant against the whole unit. Only learning rates that all
 * cells of a set and protocol were tried with count, so that nobody profits from having tried more; rows of a variant that was trained
 * at two widths are two. With one seed each the intervals are those of the pieces alone: they say nothing about other seeds. A unit comes before its variants, the best of these first.
 *
 * Memory tasks are left out: see `memoryRows`.
 */
export function atlasRows(records: readonly RunRecord[]): AtlasRow[] {
  const music = records.filter(({ configuration: c, status }) => {
    return !isMemoryTask(c.data) && status === "finished";
  });
  const sets = grouped(music, ({ configuration: c }) => `${c.data} ${c.protocol}`);
  return [...sets.values()].flatMap(rowsOfSet);
}

function rowsOfSet(records: readonly RunRecord[]): AtlasRow[] {
  const units = [
    ...grouped(records, ({ configuration: c }) => `${c.cell} ${c.hiddenSize}`).values(),
  ];
  const rates = commonRates(units);
  const chosen = units.flatMap((runs) => {
    const found = chosenRecords(runs.filter((r) => rates.has(r.configuration.learningRate)));
    return found.length > 0 ? [found] : [];
  });
  const rows = chosen.map((runs): AtlasRow => {
    const [{ configuration, parameters }] = runs;
    const { data, protocol, cell, hiddenSize, learningRate } = configuration;
    const of = cellNamed(cell).variant?.of;
    const whole = chosen.find(([{ configuration: c }]) => c.cell === of);
    const scores = runs.map(({ results }) => results.test.nllPerStep);
    return {
      ...{ data, protocol, cell, of, hiddenSize, parameters: parameters.recurrent },
      ...{ rates: rates.size, learningRate, seeds: runs.map((r) => r.configuration.seed) },
      test: scores.reduce((sum, s) => sum + s, 0) / scores.length,
      comparison: whole ? compareUnits(unitRuns(runs), unitRuns(whole)) : undefined,
      pValue: undefined,
    };
  });
  const compared = rows.filter(({ comparison }) => comparison !== undefined);
  const corrected = holm(compared.map(({ comparison }) => comparison?.pValue ?? 1));
  return rows
    .map((row) => (row.comparison ? { ...row, pValue: corrected[compared.indexOf(row)] } : row))
    .sort(
      (a, b) =>
        placeOf(a.of ?? a.cell) - placeOf(b.of ?? b.cell) ||
        Number(a.of !== undefined) - Number(b.of !== undefined) ||
        (a.comparison?.difference.value ?? 0) - (b.comparison?.difference.value ?? 0),
    );
}

const placeOf = (cell: string) => cellNames.indexOf(cell);

/** Rates that every unit was trained with, by its first seed. */
function commonRates(units: readonly (readonly RunRecord[])[]): ReadonlySet<number> {
  const tried = units.map((runs) => new Set(runs.map((r) => r.configuration.learningRate)));
  return new Set([...(tried[0] ?? [])].filter((rate) => tried.every((of) => of.has(rate))));
}

/** How much of a memory task a cell has learnt. */
export interface MemoryRow {
  readonly cell: string;
  readonly kind: "recall" | "adding";
  /** Steps to remember, or of the sequence. */
  readonly steps: number;
  /** The chosen one: of the lowest validation NLL. */
  readonly learningRate: number;
  /** How many. */
  readonly seeds: number;
  /** Of the best rate, the mean over its seeds: test NLL in nats. */
  readonly test: number;
  /** NLL of who remembers nothing. */
  readonly forgotten: number;
  /** Whether it is remembered: half the price of forgetting saved, or both numbers known better than one. */
  readonly isKept: boolean;
}

/** What cells score on `recall-N` and `adding-N`, in the order in which the library lists them. */
export function memoryRows(records: readonly RunRecord[]): MemoryRow[] {
  const of = records.filter(
    ({ configuration: c, status }) => isMemoryTask(c.data) && status === "finished",
  );
  const groups = chosenGroups(of).sort(
    ([a], [b]) => placeOf(a.configuration.cell) - placeOf(b.configuration.cell),
  );
  return groups.map((runs) => {
    const [{ configuration: c }] = runs;
    const [kind, steps] = c.data.split("-");
    const test = runs.reduce((sum, r) => sum + r.results.test.nllPerStep, 0) / runs.length;
    const about = { cell: c.cell, steps: Number(steps), learningRate: c.learningRate };
    const forgotten = kind === "recall" ? recallForgotten(Number(steps)) : addingForgotten;
    const limit = kind === "recall" ? forgotten / 2 : addingHalf;
    return {
      ...about,
      ...{ kind: kind as MemoryRow["kind"], seeds: runs.length, test, forgotten },
      isKept: test < limit,
    };
  });
}

const chosenGroups = (records: readonly RunRecord[]) => [
  ...grouped(chosenRecords(records), ({ configuration: c }) => `${c.data} ${c.cell}`).values(),
];
