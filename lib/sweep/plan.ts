import { createHash } from "node:crypto";
import { z } from "zod";
import type { Cell } from "../cells/cell.js";
import { cellNamed } from "../cells/index.js";
import { musicSetNames } from "../data/music-sets.js";
import { speechSetNames } from "../data/speech.js";
import { GatedRnnError } from "../errors.js";
import { dataOptions } from "../tasks/data-options.js";
import { checkPredictable } from "../tasks/predictable.js";
import type { Task } from "../tasks/task.js";
import { mostSeed, oneOf, positive, problemIn, whole } from "../train/bounds.js";
import { configurationOf } from "../train/configuration.js";
import { learningRateCandidates } from "../train/learning-rates.js";
import { codeVersion } from "../train/provenance.js";
import {
  protocolNames,
  type RunConfiguration,
  runConfiguration,
  runName,
  updateSettings,
} from "../train/record.js";
import { runId } from "../train/run-id.js";
import { updateNames } from "../updates/index.js";
import type { SweepData } from "./data.js";
import { printable } from "./foreign-rows.js";

/** What is the same in all runs of a sweep, where it is not the default; see RunConfiguration. */
const shared = z.strictObject(
  {
    ...runConfiguration
      .pick({ epochs: true, patience: true, batchSize: true, maxSteps: true, weightNoise: true })
      .partial().shape,
    // no defaults: plans of before there were several keep their names
    protocol: oneOf(protocolNames).optional(),
    update: oneOf(updateNames).optional(),
    updateSettings: updateSettings.optional(),
    ...runConfiguration.pick({ output: true, transpose: true }).shape,
  },
  {
    error: ({ code, keys }) =>
      code === "unrecognized_keys"
        ? `expected epochs, patience, batchSize, maxSteps, weightNoise, protocol, update, updateSettings, output or transpose, got ${keys}`
        : "expected what is the same in all runs, by name",
  },
);

/**
 * A search as in section 4.3 of Chung et al. 2014: for every data set and cell, learning rates drawn by the first seed, each trained
 * with the first seed; the one with the lowest validation NLL is then trained with the other seeds, for the spread. One seed is
 * little to choose by: `finalists` and `rateSeeds` train the best few rates with some more seeds first, and the lowest mean is chosen.
 */
export const sweepPlan = z.strictObject({
  /** Sets by name, own folders and files by path, and names of tasks that are given beside the plan. */
  data: z.array(z.string()).min(1),
  /** How own folders and files are read. */
  reading: dataOptions.optional(),
  cells: z.array(z.string()).min(1),
  learningRates: whole(1, 1000),
  /** Just these rates instead of drawn ones: what lies beyond the best of a search, say. */
  rates: z.array(positive()).min(1).max(1000).optional(),
  seed: whole(0, mostSeed).describe("the first seed"),
  seeds: whole(1, 1000).describe("how many: seed, seed + 1, …"),
  finalists: whole(1, 1000)
    .optional()
    .describe("rates, best with the first seed, of which one is chosen by rateSeeds seeds (1)"),
  rateSeeds: whole(1, 1000).optional().describe("seeds that the finalists are compared by (1)"),
  run: shared,
  /** How wide cells are: as the parameter budget allows (default), or all as wide as the unit that they are variants of. */
  width: oneOf(["budget", "origin"]).optional(),
  /** Gives a learning rate up when it does worse than the median of the others at the same epoch. Differs from the paper. */
  medianRule: z.boolean(),
});
/**
 * What a sweep trains: data, cells, learning rates and seeds, and the settings of every run.
 * Start from one of `presets`.
 */
export type SweepPlan = z.infer<typeof sweepPlan>;

const paperCellNames = ["tanh", "gru", "lstm"];
const paper = {
  cells: paperCellNames,
  learningRates: 10,
  seed: 1,
  seeds: 3,
  run: {},
  medianRule: false,
};

/** The paper's table 2, whole and in its two halves; music, whose runs are short, with a choice by three seeds and to the curves' end. */
export const presets: Readonly<Record<string, SweepPlan>> = {
  paper: { ...paper, data: [...musicSetNames, ...speechSetNames] },
  "paper-music": {
    ...paper,
    data: [...musicSetNames],
    finalists: 3,
    rateSeeds: 3,
    seeds: 10,
    run: { epochs: 500, patience: 500 },
  },
  "paper-speech": { ...paper, data: [...speechSetNames] },
};

/** @throws GatedRnnError `usage` for what is no plan */
export function checkedPlan(plan: SweepPlan): SweepPlan {
  const checked = sweepPlan.safeParse(plan);
  if (!checked.success) {
    throw new GatedRnnError("usage", `sweep: ${problemIn(plan, checked.error)}`);
  }
  const { seed, seeds, rateSeeds = 1 } = plan;
  if (seed + seeds - 1 > mostSeed)
    throw new GatedRnnError(
      "usage",
      `sweep: seeds: expected at most ${mostSeed - seed + 1} from seed ${seed} on, got ${seeds}; begin with a smaller seed`,
    );
  if (rateSeeds > seeds)
    throw new GatedRnnError(
      "usage",
      `sweep: rateSeeds: expected at most ${seeds}, the number of seeds, got ${rateSeeds}`,
    );
  const cells = plan.cells.map((name) => cellNamed(name).name);
  const rates = checked.data.rates && [...new Set(checked.data.rates)];
  return {
    ...checked.data,
    data: [...new Set(plan.data)],
    cells: [...new Set(cells)],
    ...(rates ? { rates, learningRates: rates.length } : {}),
  };
}

/** The name of a plan: 16 hexadecimal digits. */
export function planId(plan: SweepPlan): string {
  return createHash("sha256").update(JSON.stringify(plan)).digest("hex").slice(0, 16);
}

/** A run of a sweep: what the queue keeps of it. */
export const plannedRun = z.object({
  id: runName,
  configuration: runConfiguration,
  /** Of the data, and the package's version: a machine with others must not carry it out. */
  checksum: z.string(),
  version: z.string(),
});
export type PlannedRun = z.infer<typeof plannedRun>;

/** A run that was given up after its retries. */
export interface DeadRun {
  readonly run: string;
  readonly problem: string;
}

/** One cell on one data set within a sweep. */
export interface Group {
  readonly data: string;
  readonly cell: string;
  /** A run for every learning rate, with the first seed. */
  readonly candidates: readonly PlannedRun[];
  /** See the plan; its seeds in order, the first one first. */
  readonly finalists: number;
  readonly rateSeeds: number;
  readonly seeds: readonly number[];
  run(learningRate: number, seed: number): PlannedRun;
}

/**
 * The groups of a plan, in its order.
 *
 * @throws GatedRnnError `usage` for unknown names, options out of range and data with nothing to predict; what opening the data throws
 */
export async function groupsOf(
  plan: SweepPlan,
  available: SweepData,
  signal?: AbortSignal,
): Promise<Group[]> {
  const rates = plan.rates ?? learningRateCandidates(plan.learningRates, plan.seed);
  const groups: Group[] = [];
  for (const data of plan.data) {
    const { task } = await available.open(data, plan.reading, signal);
    checkPredictable(task);
    for (const cell of plan.cells) {
      const base = baseOf(plan, task, cellNamed(cell));
      const planned = (learningRate: number, seed: number) =>
        plannedRunOf({ ...base, learningRate, seed }, task.checksum, codeVersion().version);
      groups.push({
        data: task.name,
        cell,
        candidates: rates.map((rate) => planned(rate, plan.seed)),
        finalists: plan.finalists ?? 1,
        rateSeeds: plan.rateSeeds ?? 1,
        seeds: Array.from({ length: plan.seeds }, (_, i) => plan.seed + i),
        run: planned,
      });
    }
  }
  return groups;
}

/** What all runs of a cell on a task have in common. */
function baseOf({ run, width }: SweepPlan, task: Task, cell: Cell): RunConfiguration {
  const options = run as Partial<RunConfiguration>;
  if (width !== "origin") return configurationOf(task, cell, options);
  const { hiddenSize } = configurationOf(task, cellNamed(cell.variant?.of ?? cell.name), options);
  return configurationOf(task, cell, { ...options, hiddenSize });
}

export interface Planned {
  readonly plan: SweepPlan;
  readonly groups: readonly Group[];
}

/**
 * The groups of plans. A plan that makes no sense is left out and told of when it is somebody else's, and refused when it is our own (no `onProblem`). */
export async function plannedGroups(
  plans: readonly SweepPlan[],
  available: SweepData,
  signal?: AbortSignal,
  onProblem?: (problem: string) => void,
): Promise<Planned[]> {
  const planned: Planned[] = [];
  for (const plan of plans)
    try {
      planned.push({ plan, groups: await groupsOf(checkedPlan(plan), available, signal) });
    } catch (error) {
      if (!onProblem || !(error instanceof GatedRnnError && error.code === "usage")) throw error;
      onProblem(`plan ${planId(plan)}: ${printable(error.message)}; left out`);
    }
  return planned;
}

function plannedRunOf(
  configuration: RunConfiguration,
  checksum: string,
  version: string,
): PlannedRun {
  return { id: runId(configuration, checksum, version), configuration, checksum, version };
}
