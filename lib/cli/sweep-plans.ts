import { GatedRnnError } from "../errors.js";
import { atlas } from "../sweep/atlas.js";
import { planId, presets, type SweepPlan } from "../sweep/plan.js";
import type { ProtocolName } from "../train/record.js";
import { type DataArguments, dataOptionsOf } from "./data-options.js";
import { defined } from "./options.js";
import { type OutputArguments, outputOptionsOf } from "./output-options.js";

/** Options of a sweep that say what is trained. */
export interface PlanArguments extends DataArguments, OutputArguments {
  readonly preset?: string;
  readonly data?: readonly string[];
  readonly cells?: readonly string[];
  readonly learningRates?: number;
  readonly rates?: readonly number[];
  readonly seed?: number;
  readonly seeds?: number;
  readonly finalists?: number;
  readonly rateSeeds?: number;
  readonly width?: "budget" | "origin";
  readonly protocol?: ProtocolName;
  readonly update?: string;
  readonly updateSettings?: Readonly<Record<string, number>>;
  readonly epochs?: number;
  readonly patience?: number;
  readonly batchSize?: number;
  readonly weightNoise?: number;
  readonly medianRule?: boolean;
  readonly db?: string;
}

/** What the options ask for; undefined when they ask for nothing: then the database's plans are served. */
export function plansOf(args: PlanArguments): SweepPlan | SweepPlan[] | undefined {
  const { preset, data, db } = args;
  if (preset === "atlas") return partsOfAtlas(args);
  const base = preset === undefined ? undefined : presets[preset];
  if (base || data) return planOf(args, base);
  if (db !== undefined) return undefined;
  throw new GatedRnnError(
    "usage",
    `sweep: expected --data or --preset, got neither; for all of the paper: --preset paper`,
  );
}

/** The atlas's plans, or what is left of them: its data, cells, protocols and widths are chosen among, the rest is changed. */
function partsOfAtlas({ data, cells, protocol, width, ...args }: PlanArguments): SweepPlan[] {
  const within = (all: readonly string[], some: readonly string[] | undefined) =>
    all.filter((name) => some?.includes(name) ?? true);
  const plans = atlas
    .filter(({ run }) => protocol === undefined || (run.protocol ?? "ours") === protocol)
    .filter((plan) => width === undefined || (plan.width ?? "budget") === width)
    .map((plan) => ({
      ...plan,
      data: within(plan.data, data),
      cells: within(plan.cells, cells),
    }))
    .filter((plan) => plan.data.length > 0 && plan.cells.length > 0)
    .map((plan) => planOf(args, plan));
  const named = (of: "data" | "cells") => [...new Set(atlas.flatMap((plan) => plan[of]))];
  for (const [of, some] of [["data", data] as const, ["cells", cells] as const]) {
    const strange = some?.find((name) => !named(of).includes(name));
    if (strange !== undefined)
      throw new GatedRnnError(
        "usage",
        `sweep: expected ${of} of the atlas, ${named(of).join(", ")}, got ${strange}; leave --preset out for others`,
      );
  }
  if (plans.length === 0)
    throw new GatedRnnError(
      "usage",
      "sweep: expected a part of the atlas, got none: it has not all data with every protocol, width and cell; see docs/atlas.md",
    );
  return [...new Map(plans.map((plan) => [planId(plan), plan])).values()];
}

function planOf(args: PlanArguments, base?: SweepPlan): SweepPlan {
  const {
    data,
    width,
    protocol,
    update,
    updateSettings,
    epochs,
    patience,
    batchSize,
    weightNoise,
  } = args;
  if (args.rates && args.learningRates !== undefined)
    throw new GatedRnnError(
      "usage",
      "sweep: expected --learning-rates or --rates, got both; a number of drawn rates, or the rates themselves",
    );
  const reading = dataOptionsOf(args);
  const run = {
    ...base?.run,
    ...defined({ protocol, update, updateSettings, epochs, patience, batchSize, weightNoise }),
    ...outputOptionsOf(args),
  };
  return {
    data: [...(data ?? base?.data ?? [])],
    ...(Object.keys(reading).length > 0 ? { reading } : {}),
    cells: [...(args.cells ?? base?.cells ?? ["tanh", "gru", "lstm"])],
    learningRates: args.rates?.length ?? args.learningRates ?? base?.learningRates ?? 10,
    ...defined({ rates: args.rates && [...args.rates] }),
    seed: args.seed ?? base?.seed ?? 1,
    seeds: args.seeds ?? base?.seeds ?? 1,
    ...defined({
      finalists: args.finalists ?? base?.finalists,
      rateSeeds: args.rateSeeds ?? base?.rateSeeds,
      width: width ?? base?.width,
    }),
    run,
    medianRule: args.medianRule ?? base?.medianRule ?? false,
  };
}
