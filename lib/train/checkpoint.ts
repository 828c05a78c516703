import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { BadFileError, GatedRnnError } from "../errors.js";
import { parseJson } from "../files/json.js";
import { writeWholeFile } from "../files/whole-file.js";
import type { Model } from "../model/model.js";
import { modelCost } from "../model/size.js";
import type { ByParameter, TrainingState } from "../model/state.js";
import { rmsprop } from "../updates/rmsprop.js";
import type { Update } from "../updates/update.js";
import { checkFinite } from "./finite.js";
import { epochPoint } from "./record.js";
import { decodeSafetensors, sealedSafetensors, type Tensor } from "./safetensors.js";

/** How far a run has come. With the numbers below and the configuration, everything that follows is decided. */
const position = z.object({
  /** When the run began, and the training seconds of all sittings so far. */
  started: z.string(),
  seconds: z.number(),
  cpuSeconds: z.number(),
  /** Engine builds of the sittings so far, each once. */
  builds: z.array(z.string()),
  curve: z.array(epochPoint),
  /** The best validation epoch so far; null before the first. */
  best: z.object({ epoch: z.number().int().positive(), nllPerStep: z.number() }).nullable(),
  /** The epoch in progress: its gradient norms, one per update, NLL summed over its predicted steps, and the last learning rate. */
  partial: z.object({
    norms: z.array(z.number()),
    nll: z.number(),
    steps: z.number(),
    learningRate: z.number(),
    shrunk: z.number().int().default(0),
  }),
});

/** The first version held RMSProp's memory and no other rule's. */
const format = "gated-rnn/checkpoint/2";

const checkpointMetadata = z.object({
  format: z.literal(format),
  run: z.string(),
  updates: z.coerce.number().int().nonnegative(),
  position: z.string().transform(parsed),
});

function parsed(json: string, context: z.RefinementCtx): unknown {
  try {
    return parseJson(json);
  } catch {
    context.addIssue("expected JSON");
    return z.NEVER;
  }
}

/** All that a run needs to go on to the bits that it would have reached undisturbed: shuffling and noise follow from seed and counters. */
export interface Checkpoint extends z.infer<typeof position> {
  /** The run's id. */
  readonly run: string;
  readonly state: TrainingState;
  /** The parameters of the best validation epoch so far. */
  readonly bestParameters: TrainingState["parameters"];
}

/** What to do about a checkpoint that is damaged. */
const remedy = "remove it, or give --restart, to begin the run again";

/**
 * Writes a checkpoint as one safetensors file, whole or not at all: a former one stays until the new one is on the disk.
 *
 * @throws GatedRnnError `record`, naming path and cause, when it cannot be written
 */
export function writeCheckpoint(
  file: string,
  model: Model,
  { run, state, bestParameters, ...reached }: Checkpoint,
): void {
  const tensors = new Map<string, Tensor>();
  const slots = [...state.optimiser].map(([slot, values]) => [slotPart(slot), values] as const);
  for (const [part, values] of [
    ["parameters", state.parameters],
    ["best", bestParameters],
    ...slots,
  ] as const)
    for (const { name, shape } of model.parameters)
      tensors.set(`${part}.${name}`, { shape, values: values.get(name) as Float32Array });
  const metadata: Record<keyof z.infer<typeof checkpointMetadata>, string> = {
    format,
    run,
    updates: String(state.updates),
    position: JSON.stringify(reached),
  };
  writeWholeFile(file, sealedSafetensors({ tensors, metadata }));
}

/** The tensors of a slot of the update rule's memory are named `optimiser.SLOT.PARAMETER`. */
const slotPart = (slot: string) => `optimiser.${slot}`;

/**
 * Reads a run's checkpoint; undefined when there is none.
 *
 * @throws BadFileError when the file is damaged; GatedRnnError `record` when it is another run's or cannot be read
 */
export function readCheckpoint(
  file: string,
  model: Model,
  run: string,
  rule: Update = rmsprop,
): Checkpoint | undefined {
  if (!existsSync(file)) return undefined;
  const { tensors, metadata } = decodeSafetensors(contents(file), file, { remedy, sealed: true });
  checkFinite(tensors, file, remedy);
  if (metadata.format === "gated-rnn/checkpoint/1")
    throw bad(file, "got one of a former version, gated-rnn/checkpoint/1");
  const checked = checkpointMetadata.safeParse(metadata);
  const reached = checked.success ? position.safeParse(checked.data.position) : checked;
  if (!checked.success || !reached.success)
    throw bad(file, `got no valid "${reached.error?.issues[0].path.join(".")}" in its metadata`);
  if (checked.data.run !== run)
    throw new GatedRnnError(
      "record",
      `${file}: expected a checkpoint of run ${run}, got one of run ${checked.data.run}; give this run a file of its own`,
    );
  const part = (of: string): ByParameter =>
    new Map(
      model.parameters.map(({ name, shape }) => {
        const tensor = tensors.get(`${of}.${name}`);
        if (tensor?.shape.join() !== shape.join())
          throw bad(file, `got no ${of}.${name} [${shape.join(", ")}]`);
        return [name, tensor.values];
      }),
    );
  const slots = rule.graph.slots.map(({ name }) => [name, part(slotPart(name))] as const);
  const optimiser = new Map(slots);
  return {
    ...reached.data,
    run,
    state: { parameters: part("parameters"), optimiser, updates: checked.data.updates },
    bestParameters: part("best"),
  };
}

/** About how many bytes a model's checkpoint takes. */
export function checkpointBytes(model: Model, rule: Update = rmsprop): number {
  return 4 * (2 + rule.graph.slots.length) * modelCost(model).parameters;
}

/** Where the checkpoints of runs go in the folder of their records. */
export function checkpointFile(folder: string, run: string): string {
  return join(folder, "checkpoints", `${run}.safetensors`);
}

/** Lets all runs in a folder begin again. */
export function removeCheckpoints(folder: string): void {
  rmSync(join(folder, "checkpoints"), { recursive: true, force: true });
}

/** A run whose record is written needs its checkpoint no more. */
export function removeCheckpoint(file: string): void {
  rmSync(file, { force: true });
}

function bad(file: string, problem: string): BadFileError {
  return new BadFileError(file, 8, `expected a ${format} file, ${problem}; ${remedy}`);
}

function contents(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new GatedRnnError(
      "record",
      `${file}: expected to read a checkpoint, got ${(error as Error).message}`,
      { cause: error },
    );
  }
}
