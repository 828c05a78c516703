import { z } from "zod";
import type { Cell } from "../cells/cell.js";
import { cellNamed } from "../cells/index.js";
import { checkParameters } from "../engines/check.js";
import { BadFileError, GatedRnnError } from "../errors.js";
import { type Model, model } from "../model/model.js";
import type { TrainingState } from "../model/state.js";
import { outputFrom } from "../outputs/description.js";
import { bernoulli, gaussianMixture, type Output } from "../outputs/index.js";
import { speechWindow } from "../tasks/speech.js";
import { type Units, units } from "../tasks/units.js";
import { checkFinite } from "./finite.js";
import { decodeSafetensors, sealedSafetensors } from "./safetensors.js";

/** What a weights file says of itself; the values of `__metadata__` are strings in the format. */
const weightsMetadata = z.object({
  format: z.literal("gated-rnn/weights/1"),
  cell: z.string(),
  /** The output's own description, as JSON: its equations and sizes. */
  output: z.string().transform(outputOf).optional(),
  /** Instead of a description in files of before there were any. */
  kind: z.enum(["music", "speech"]).optional(),
  inputSize: z.coerce.number().int().positive(),
  hiddenSize: z.coerce.number().int().positive(),
  /** The data set by its name on the command line. */
  data: z.string(),
  /** The run whose record tells the rest. */
  run: z.string(),
  /** As JSON; files of before there were any have none. */
  units: z.string().transform(parsed).pipe(units).optional(),
});

function parsed(json: string, context: z.RefinementCtx): unknown {
  try {
    return JSON.parse(json);
  } catch {
    context.addIssue("expected JSON");
    return z.NEVER;
  }
}

function outputOf(json: string, context: z.RefinementCtx): Output {
  try {
    return outputFrom(JSON.parse(json));
  } catch (error) {
    context.addIssue((error as Error).message);
    return z.NEVER;
  }
}

/** What to do about a file that is damaged. */
const remedy = "copy it again, or train the model again";

/** A trained model, and where it came from. */
export interface TrainedModel {
  readonly model: Model;
  /** By the names of the equations; weight matrices are [what they read, what they make], row-major. */
  readonly parameters: TrainingState["parameters"];
  readonly data: string;
  readonly run: string;
  /** What its numbers stand for; needed to make sound of them. */
  readonly units?: Units;
}

/**
 * A trained model's parameters as the bytes of a safetensors file, which Python reads too.
 *
 * @throws GatedRnnError `usage` when they are not the model's, or not finite
 */
export function weightsFile({ model, parameters, data, run, units }: TrainedModel): Uint8Array {
  checkParameters("weights", model, parameters);
  const tensors = new Map(
    model.parameters.map(({ name, shape }) => [
      name,
      { shape, values: parameters.get(name) as Float32Array },
    ]),
  );
  const metadata: Partial<Record<keyof z.infer<typeof weightsMetadata>, string>> = {
    format: "gated-rnn/weights/1",
    cell: model.cell.name,
    output: JSON.stringify(model.output),
    inputSize: String(model.inputSize),
    hiddenSize: String(model.hiddenSize),
    data,
    run,
    ...(units ? { units: JSON.stringify(units) } : {}),
  };
  return sealedSafetensors({ tensors, metadata });
}

/**
 * The trained model in the bytes of a weights file. Pass `cell` for a model whose cell is not the
 * library's.
 *
 * @param file what errors call it
 * @throws BadFileError when it is not one of ours, or its tensors are not the model's
 */
export function weightsFrom(bytes: Uint8Array, file: string, cell?: Cell): TrainedModel {
  const { tensors, metadata } = decodeSafetensors(bytes, file, { remedy });
  checkFinite(tensors, file, remedy);
  const checked = weightsMetadata
    .refine(({ output, kind }) => output ?? kind, { path: ["output"] })
    .safeParse(metadata);
  if (!checked.success) {
    const [{ path }] = checked.error.issues;
    throw new BadFileError(
      file,
      8,
      `expected a gated-rnn/weights/1 file, got no valid "${path.join(".")}" in its metadata`,
    );
  }
  const { cell: name, inputSize, hiddenSize, data, run, units: known } = checked.data;
  if (cell && cell.name !== name)
    throw new GatedRnnError(
      "usage",
      `${file}: expected a model of ${cell.name}, got one of ${name}`,
    );
  const { output = outputOfKind(checked.data.kind, inputSize) } = checked.data;
  const trained = model(cell ?? cellNamed(name), inputSize, hiddenSize, output);
  const parameters = new Map<string, Float32Array>();
  for (const { name, shape } of trained.parameters) {
    const tensor = tensors.get(name);
    if (tensor?.shape.join() !== shape.join())
      throw new BadFileError(
        file,
        8,
        `expected ${name} [${shape.join(", ")}], got ${tensor ? `[${tensor.shape.join(", ")}]` : "none"}`,
      );
    parameters.set(name, tensor.values);
  }
  return { model: trained, parameters, data, run, ...(known ? { units: known } : {}) };
}

function outputOfKind(kind: "music" | "speech" | undefined, inputSize: number): Output {
  return kind === "music" ? bernoulli(inputSize) : gaussianMixture(speechWindow.targetSamples);
}
