import { z } from "zod";
import { mostSemitones } from "../data/transpose.js";
import {
  count,
  fraction,
  fromZero,
  mostHidden,
  mostSeed,
  oneOf,
  positive,
  share,
  whole,
} from "./bounds.js";

/** How a run is trained where the paper leaves it unsaid: this project's choices, or those in the code that its authors published. */
export const protocolNames = ["ours", "authors"] as const;
/** A protocol by its name; see `protocols`. */
export type ProtocolName = (typeof protocolNames)[number];

/** A run's name: the first 16 hexadecimal digits of a sha256. */
export const runName = z.string().regex(/^[0-9a-f]{16}$/);

/** The name of a data set or a cell, which tables and file names show: one line of text. */
const shownName = z.string().regex(/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]{1,500}$/u);

/** Mean NLL in nats: over all predicted steps of a split, and the mean of per-sequence means. */
export const splitNll = z.object({ nllPerStep: z.number(), nllPerSequence: z.number() });
export type SplitNll = z.infer<typeof splitNll>;

/** Every sequence of a split, longest first, in the same order in every record of the same data: NLL summed over its steps. */
const pieceNlls = z.object({ nll: z.array(z.number()), steps: z.array(z.number()) });
export type PieceNlls = z.infer<typeof pieceNlls>;

/** One epoch of a learning curve. */
export const epochPoint = z.object({
  epoch: z.number().int().positive(),
  /** Training seconds since the run began, validation included. */
  seconds: z.number(),
  /** Processor seconds of all threads since the run began: what the wall clock would say on a machine with nothing else to do. */
  cpuSeconds: z.number().optional(),
  learningRate: z.number(),
  /** Mean NLL per step over the epoch's updates, with weight noise, as training saw it. */
  trainingNllPerStep: z.number(),
  /** Without noise, after the epoch. */
  valid: splitNll,
  /** Gradient norm before rescaling, over the epoch's updates. */
  gradientNorm: z.object({
    mean: z.number(),
    max: z.number(),
    rescaled: z.number().describe("share of updates rescaled"),
  }),
  /** Updates whose gradient was not finite and was replaced; they count in no mean above. Only where the configuration has it so. */
  shrunk: z.number().int().nonnegative().optional(),
});
/** What one epoch left behind: NLL per step in nats, seconds, and the norms of its gradients. */
export type EpochPoint = z.infer<typeof epochPoint>;

/**
 * A point as records keep it: six digits, which no picture and no table shows the end of. Records of
 * 500 epochs are read and kept in git by the hundred.
 */
export function shortPoint(point: EpochPoint): EpochPoint {
  const short = (_: string, value: unknown) =>
    typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value;
  return epochPoint.parse(JSON.parse(JSON.stringify(point, short)));
}

/** An update rule's settings by name; their ranges are the rule's. */
export const updateSettings = z.record(
  z.string(),
  z.number({ error: "expected a finite number" }),
  { error: "expected the rule's settings by name" },
);

export const runConfiguration = z.object({
  data: shownName,
  cell: shownName,
  /** Units of the layer. */
  hiddenSize: whole(1, mostHidden),
  /** Of initial values, order and weight noise; a whole number below 2³². */
  seed: whole(0, mostSeed),
  /** Passes over the training set at most. */
  epochs: count(),
  /** Epochs without a lower validation NLL after which a run stops. */
  patience: count(),
  /** Sequences of an update. */
  batchSize: count(),
  /** Longer training sequences are cut into pieces of this many steps; null: none is cut. */
  maxSteps: count(", or null to cut none")
    .nullable()
    .describe(
      "longer training sequences are cut into pieces of this many steps; null: none is cut",
    ),
  /** Factor of the rule's step in the first epoch. */
  learningRate: positive(),
  /** Fraction of `learningRate` that its linear decay ends on. */
  finalLearningRate: fraction().describe("fraction of learningRate that linear decay ends on"),
  /** RMSProp's: share of the old mean square, and of the old mean, that is kept. */
  decay: share().optional().describe("RMSProp's, as are momentum, epsilon and rootFloor"),
  /** RMSProp's: share of the last step that is kept. */
  momentum: share().optional(),
  /** RMSProp's: added to the variance under the root. */
  epsilon: fromZero().optional(),
  /** Standard deviation of the noise on the recurrent layer's weight matrices. */
  weightNoise: fromZero(),
  /** The global gradient norm is rescaled to this when it is larger; null: never. */
  maxGradientNorm: positive(", or null for never").nullable().describe("null: never rescaled"),
  // records of before there was a second protocol lack the following
  /** Whose choices the rest follows where nothing is said. */
  protocol: oneOf(protocolNames).default("ours"),
  /** Mean or sum of the NLL over the steps of an update's batch. */
  loss: oneOf(["mean", "sum"]).default("mean").describe("over the steps of an update's batch"),
  /** RMSProp's: the least that its root counts as. */
  rootFloor: fromZero().default(0).describe("the least that RMSProp's root counts as"),
  /** The norm of an update's step is limited to this; null: no limit. */
  maxStepNorm: positive(", or null for no limit")
    .nullable()
    .default(null)
    .describe("the norm of an update's step is limited to this; null: never"),
  /** shrink: a gradient whose norm is not finite is replaced by 0.1 of the parameters; stop: the run ends. */
  nonFiniteGradient: oneOf(["stop", "shrink"])
    .default("stop")
    .describe("shrink: a gradient whose norm is not finite is replaced by 0.1 of the parameters"),
  update: shownName.default("rmsprop").describe("the update rule"),
  updateSettings: updateSettings.default({}).describe("all settings of a rule other than RMSProp"),
  // left out where they are as usual, so that older runs keep their names
  /** The output by its name, such as nade(64), where it is not the data's usual one. */
  output: shownName.optional().describe("the output, where it is not the usual one: nade(64)"),
  /** Semitones up to which training pieces of music are shifted, up or down, anew every epoch. */
  transpose: whole(1, mostSemitones)
    .optional()
    .describe("semitones up to which training pieces are shifted, up or down, anew every epoch"),
});
/** All that decides what a run computes, besides the engine and what the data contains. */
export type RunConfiguration = z.infer<typeof runConfiguration>;

/** One run, whole: what a figure or a table is made of. Version 1 of the published schema. */
export const runRecord = z.object({
  schema: z.literal("gated-rnn/run/1"),
  checksum: z
    .string()
    .optional()
    .describe(
      "in files: sha256 over all other fields as JSON without white space, names of each object in order",
    ),
  /** sha256 over configuration, data checksum and package version, 16 hexadecimal digits. */
  id: runName,
  configuration: runConfiguration,
  parameters: z.object({ recurrent: z.number().int(), output: z.number().int() }),
  data: z.object({
    name: z.string(),
    title: z.string(),
    synthetic: z.boolean(),
    checksum: z.string(),
    /** What was learnt of it; records of before there were own tasks have none. */
    task: z
      .object({
        kind: z.string().describe("music, speech, values, counts, classes, keys or text"),
        inputSize: z.number().int().positive(),
        output: z.string(),
        targetSize: z.number().int().positive(),
      })
      .optional(),
  }),
  /** A run that went on elsewhere names all the builds, in their order. */
  engine: z.object({ name: z.string(), build: z.string(), threads: z.number().int() }),
  code: z.object({ version: z.string(), commit: z.string().nullable() }),
  machine: z.object({
    cpu: z.string(),
    cores: z.number().int(),
    memoryGiB: z.number(),
    platform: z.string(),
    node: z.string(),
  }),
  /** See `Session.activationBytes`; where the engine tells. */
  activationBytes: z.number().int().optional(),
  started: z.string(),
  /** Of all sittings: a run that was killed and went on counts what it kept. */
  seconds: z.number(),
  /** finished: all epochs or patience; pruned: the sweep gave its learning rate up; stopped: by the user; failed: a number that was not finite. Each has the best parameters so far. */
  status: z.enum(["finished", "pruned", "stopped", "failed"]),
  error: z.string().optional(),
  curve: z.array(epochPoint),
  /** 0 when no epoch was completed: the results are then those of the initial parameters. */
  bestEpoch: z.number().int().nonnegative(),
  /** NLL of the parameters of the best validation epoch. */
  results: z.object({ train: splitNll, valid: splitNll, test: splitNll }),
  /** The test split piece by piece, for intervals over pieces; records of the first version lack it. */
  testPieces: pieceNlls.optional(),
});
/**
 * One run, whole: configuration, data, engine, machine, curve and results. Version 1 of the
 * published schema.
 */
export type RunRecord = z.infer<typeof runRecord>;
