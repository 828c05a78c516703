import { paperCells } from "../cells/index.js";
import { zoo } from "../cells/zoo/index.js";
import type { SweepPlan } from "./plan.js";

/** Every gated unit, whole and in parts, and tanh. */
const all = [...paperCells, ...zoo].map(({ name }) => name);

/** On speech, where a run takes minutes: one variant for each gate, the coupled ones, and one that sees x only. */
const chosen = [
  ...["lstm-nfg", "lstm-nig", "lstm-nog", "lstm-cifg"],
  ...["gru-no-reset", "gru-no-update", "mgu", "min-gru"],
];

const common = { seed: 1, finalists: 3, rateSeeds: 3, run: {}, medianRule: false };
const small = { ...common, data: ["jsb", "piano-midi"], cells: all, learningRates: 10, seeds: 10 };
const large = {
  ...common,
  ...{ data: ["nottingham", "musedata"], cells: all, learningRates: 5, seeds: 5 },
};

const memory = {
  ...common,
  ...{ cells: all, learningRates: 5, seeds: 3, finalists: 1, rateSeeds: 1 },
};

/**
 * The gate atlas (docs/atlas.md): which gate does the work? What the paper asks for in its last sentence, in plans that one command
 * carries out, the shortest first. Runs of a unit that has the same size in two plans are the same runs.
 */
export const atlas: readonly SweepPlan[] = [
  // the paper's budget: what a gate gives back goes to more units
  small,
  // the same width: a gate less is also parameters less; a removal is compared both ways
  { ...small, width: "origin" },
  // how long a memory each keeps
  {
    ...memory,
    data: [5, 10, 20, 40, 80].map((n) => `recall-${n}`),
    run: { epochs: 100, patience: 100, batchSize: 4, weightNoise: 0 },
  },
  {
    ...memory,
    data: [25, 50, 100, 200, 400].map((n) => `adding-${n}`),
    run: { epochs: 20, patience: 20, batchSize: 4, weightNoise: 0 },
  },
  large,
  { ...common, data: ["speech-a"], cells: ["gru", "lstm", ...chosen], learningRates: 5, seeds: 3 },
  // the verdict on units depends on the protocol, so it may on their parts
  { ...small, run: { protocol: "authors" } },
];
