import { z } from "zod";
import { codeVersion } from "../train/provenance.js";
import type { RunRecord, SplitNll } from "../train/record.js";
import { protocolNames, splitNll } from "../train/record.js";
import { runsOf, scoreOf, standing } from "./choice.js";
import { type DeadRun, type Group, type PlannedRun, type SweepPlan, sweepPlan } from "./plan.js";

/** NLL per step over the seeds, in nats; the standard deviation is the sample's, null for one seed. */
const spread = z.object({
  mean: z.number(),
  standardDeviation: z.number().nullable(),
  lowest: z.number(),
  highest: z.number(),
});
export type Spread = z.infer<typeof spread>;

const seedResult = z.object({
  run: z.string(),
  seed: z.number(),
  status: z.string(),
  train: splitNll,
  valid: splitNll,
  test: splitNll,
});

const summaryRow = z.object({
  data: z.string(),
  cell: z.string(),
  protocol: z.enum(protocolNames).default("ours"),
  candidates: z.array(
    z.object({
      run: z.string(),
      learningRate: z.number(),
      status: z.string(),
      valid: z.number().nullable(),
    }),
  ),
  /** Where more than one rate was trained with several seeds before the choice: the mean validation NLL over so many. */
  finalists: z
    .array(z.object({ learningRate: z.number(), seeds: z.number(), valid: z.number().nullable() }))
    .optional(),
  /** The rate with the lowest validation NLL so far; null before the first result. */
  chosen: z.object({ run: z.string(), learningRate: z.number(), bestEpoch: z.number() }).nullable(),
  /** The chosen rate's runs, by seed. */
  seeds: z.array(seedResult),
  spread: z.object({ train: spread, valid: spread, test: spread }).nullable(),
});

/** What a sweep has found: for each data set and cell the chosen learning rate, and the spread over seeds. */
export const sweepSummary = z.object({
  schema: z.literal("gated-rnn/sweep/1"),
  plan: sweepPlan,
  code: z.object({ version: z.string(), commit: z.string().nullable() }),
  /** Runs with a result, and all that the plan has. */
  runs: z.object({ done: z.number().int(), total: z.number().int() }),
  rows: z.array(summaryRow),
  /** Runs that were given up after their retries. */
  dead: z.array(z.object({ run: z.string(), problem: z.string() })),
});
/** What a sweep found: the chosen run of each data set and cell; summary.json holds it. */
export type SweepSummary = z.infer<typeof sweepSummary>;

/** The candidate with the lowest validation NLL per step. */
export function bestOf(records: readonly RunRecord[]): RunRecord | undefined {
  return records.reduce<RunRecord | undefined>(
    (best, r) => (!best || validOf(r) < validOf(best) ? r : best),
    undefined,
  );
}

const validOf = ({ results }: RunRecord) => results.valid.nllPerStep;

export function summarise(
  plan: SweepPlan,
  groups: readonly Group[],
  records: ReadonlyMap<string, RunRecord>,
  dead: readonly DeadRun[],
): SweepSummary {
  const planned = new Set<string>();
  const given = new Set(dead.map(({ run }) => run));
  const ended = (id: string) => records.has(id) || given.has(id);
  const rows = groups.map((group) => {
    const { data, cell, candidates } = group;
    const { stages, best: chosen = [] } = standing(group, records, ended);
    for (const { id } of stages.flat()) planned.add(id);
    const best = chosen.at(0);
    const finalists = stages.length > 1 ? finalistsOf(group, stages[1], records) : [];
    return {
      data,
      cell,
      protocol: candidates[0].configuration.protocol,
      ...(finalists.length > 0 ? { finalists } : {}),
      candidates: candidates.map(({ id, configuration: { learningRate } }) => {
        const record = records.get(id);
        return {
          run: id,
          learningRate,
          status: record?.status ?? "missing",
          valid: record ? validOf(record) : null,
        };
      }),
      chosen: best
        ? { run: best.id, learningRate: best.configuration.learningRate, bestEpoch: best.bestEpoch }
        : null,
      seeds: chosen.map(({ id, configuration: { seed }, status, results }) => ({
        run: id,
        seed,
        status,
        ...results,
      })),
      spread: best
        ? {
            train: spreadOf(chosen, "train"),
            valid: spreadOf(chosen, "valid"),
            test: spreadOf(chosen, "test"),
          }
        : null,
    };
  });
  const total = groups.reduce((sum, group) => sum + runsOf(group), 0);
  const done = [...planned].filter((id) => records.has(id)).length;
  return {
    schema: "gated-rnn/sweep/1",
    plan,
    code: codeVersion(),
    runs: { done, total },
    rows,
    dead: dead.filter(({ run }) => planned.has(run)),
  };
}

/** The rates that were compared by several seeds, with the mean validation NLL of each. */
function finalistsOf(
  group: Group,
  second: readonly PlannedRun[],
  records: ReadonlyMap<string, RunRecord>,
) {
  const rates = [...new Set(second.map(({ configuration }) => configuration.learningRate))];
  return rates.map((learningRate) => {
    const compared = group.seeds.slice(0, group.rateSeeds);
    const runs = compared.flatMap((seed) => records.get(group.run(learningRate, seed).id) ?? []);
    return { learningRate, seeds: runs.length, valid: scoreOf(runs)?.valid ?? null };
  });
}

function spreadOf(records: readonly RunRecord[], split: keyof RunRecord["results"]): Spread {
  const values = records.map(({ results }) => (results[split] satisfies SplitNll).nllPerStep);
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const squares = values.reduce((sum, v) => sum + (v - mean) ** 2, 0);
  return {
    mean,
    standardDeviation: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : null,
    lowest: Math.min(...values),
    highest: Math.max(...values),
  };
}
