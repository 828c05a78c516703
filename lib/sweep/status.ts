import { z } from "zod";
import type { EpochPoint, RunRecord } from "../train/record.js";
import { standing as choice, runsOf } from "./choice.js";
import type { DeadRun, Group, PlannedRun } from "./plan.js";

/** A point of a learning curve: epoch, seconds, training and validation NLL per step in nats. */
const point = z.tuple([z.number(), z.number(), z.number(), z.number()]);
export type Point = z.infer<typeof point>;

/** A run in progress, as its supervisor tells of it. */
export const liveProgress = z.object({
  share: z.number(),
  epoch: z.number().int(),
  seconds: z.number(),
  secondsLeft: z.number(),
  curve: z.array(point),
});
export type LiveProgress = z.infer<typeof liveProgress>;

const unit = z.object({ data: z.string(), cell: z.string() });

/** How a sweep stands: what `gated-rnn watch` shows. */
export const sweepStatus = z.object({
  schema: z.literal("gated-rnn/sweep-status/1"),
  written: z.string(),
  state: z.enum(["running", "stopped", "done"]),
  runs: z.object({ done: z.number().int(), total: z.number().int(), dead: z.number().int() }),
  /** Estimate for all that is left; null while nothing is known of how long a run takes. */
  secondsLeft: z.number().nullable(),
  active: z.array(
    unit.extend({
      run: z.string(),
      learningRate: z.number(),
      seed: z.number(),
      epochs: z.number().int(),
      /** Machine and process of the supervisor. */
      supervisor: z.string(),
      progress: liveProgress.nullable(),
    }),
  ),
  /** Of each data set and cell: runs with a result, and the best of them by validation NLL, with its curve. */
  groups: z.array(
    unit.extend({
      done: z.number().int(),
      total: z.number().int(),
      best: z
        .object({
          run: z.string(),
          learningRate: z.number(),
          valid: z.number(),
          test: z.number(),
          curve: z.array(point),
        })
        .nullable(),
    }),
  ),
  dead: z.array(z.object({ run: z.string(), problem: z.string() })),
});
/** How far a sweep is: what `watch` shows and status.json holds. */
export type SweepStatus = z.infer<typeof sweepStatus>;

export const pointOf = ({ epoch, seconds, trainingNllPerStep, valid }: EpochPoint): Point => [
  epoch,
  Number(seconds.toFixed(2)),
  Number(trainingNllPerStep.toPrecision(6)),
  Number(valid.nllPerStep.toPrecision(6)),
];

export interface LiveRun {
  readonly run: PlannedRun;
  readonly supervisor: string;
  readonly progress: LiveProgress | null;
}

/** What is known of a sweep, brought into the form that is shown. */
export function statusOf(
  state: SweepStatus["state"],
  groups: readonly Group[],
  records: ReadonlyMap<string, RunRecord>,
  live: readonly LiveRun[],
  dead: readonly DeadRun[],
): SweepStatus {
  const given = new Set(dead.map(({ run }) => run));
  const standing = groups.map((group) => standingOf(group, records, given));
  return {
    schema: "gated-rnn/sweep-status/1",
    written: new Date().toISOString(),
    state,
    runs: {
      done: standing.reduce((sum, { done }) => sum + done, 0),
      total: standing.reduce((sum, { total }) => sum + total, 0),
      dead: dead.length,
    },
    secondsLeft: secondsLeft(groups, standing, records, live),
    active: live.map(({ run: { id, configuration: c }, supervisor, progress }) => ({
      run: id,
      data: c.data,
      cell: c.cell,
      learningRate: c.learningRate,
      seed: c.seed,
      epochs: c.epochs,
      supervisor,
      progress,
    })),
    groups: standing,
    dead: [...dead],
  };
}

function standingOf(
  group: Group,
  records: ReadonlyMap<string, RunRecord>,
  given: ReadonlySet<string>,
): SweepStatus["groups"][number] {
  const { stages, best: runs } = choice(group, records, (id) => records.has(id) || given.has(id));
  const best = runs?.[0];
  return {
    data: group.data,
    cell: group.cell,
    done: stages.flat().filter(({ id }) => records.has(id)).length,
    total: runsOf(group),
    best: best
      ? {
          run: best.id,
          learningRate: best.configuration.learningRate,
          valid: best.results.valid.nllPerStep,
          test: best.results.test.nllPerStep,
          curve: best.curve.map(pointOf),
        }
      : null,
  };
}

/** Each run takes as long as those of its data set and cell did, or else as all did; shared out among those at work now. */
function secondsLeft(
  groups: readonly Group[],
  standing: SweepStatus["groups"],
  records: ReadonlyMap<string, RunRecord>,
  live: readonly LiveRun[],
): number | null {
  const key = ({ data, cell }: { readonly data: string; readonly cell: string }) =>
    `${data} ${cell}`;
  const known = new Map<string, number[]>();
  const learn = (
    configuration: { readonly data: string; readonly cell: string },
    seconds: number,
  ) => known.set(key(configuration), [...(known.get(key(configuration)) ?? []), seconds]);
  for (const record of records.values()) learn(record.configuration, record.seconds);
  for (const { run, progress } of live)
    if (progress) learn(run.configuration, progress.seconds + progress.secondsLeft);
  const all = [...known.values()].flat();
  if (all.length === 0) return null;
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const left = groups.reduce((sum, group, i) => {
    const begun = live.filter(({ run }) => key(run.configuration) === key(group));
    const waiting = Math.max(0, standing[i].total - standing[i].done - begun.length);
    return (
      sum +
      waiting * mean(known.get(key(group)) ?? all) +
      begun.reduce((s, { progress }) => s + (progress?.secondsLeft ?? 0), 0)
    );
  }, 0);
  return left / Math.max(1, live.length);
}
