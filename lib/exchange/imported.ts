import type { Cell } from "../cells/cell.js";
import { stack } from "../cells/stack.js";
import { GatedRnnError } from "../errors.js";
import { type Model, model } from "../model/model.js";
import { bernoulli, type Output } from "../outputs/index.js";

/** A model whose parameters come from another library: what `writeWeights` and `stream` take. */
export interface Imported {
  readonly model: Model;
  /** The parameters by name, row by row in the shapes of `model.parameters`. */
  readonly parameters: Map<string, Float32Array>;
  readonly data: string;
  readonly run: string;
}

/** What imported weights are of: a file of weights does not say it. */
export interface ImportOptions {
  /** What a layer is, and all layers are; or the whole stack. */
  readonly cell: Cell;
  /**
   * What the readout means, or how that follows from the number of readouts: `categorical`. Default: `bernoulli`, where there are as many
   * readouts as inputs.
   */
  readonly output?: Output | ((readoutSize: number) => Output) | undefined;
}

/** The model that another library's tensors belong to, still without parameters. @throws GatedRnnError `usage` when they do not fit */
export function importedModel(
  library: string,
  found: {
    /** A layer's cell, or the whole stack. */
    readonly cell: Cell;
    readonly layers: number;
    readonly inputSize: number;
    readonly hiddenSize: number;
    readonly readoutSize: number;
    readonly output: ImportOptions["output"];
  },
): Imported {
  const { cell, layers, inputSize, hiddenSize, readoutSize } = found;
  const whole = cell.layers ? cell : stack(...new Array<Cell>(layers).fill(cell));
  if ((whole.layers ?? [whole]).length !== layers)
    throw new GatedRnnError(
      "usage",
      `${library}: expected the tensors of ${cell.name}, got those of ${layers} layers`,
    );
  const given = found.output ?? (readoutSize === inputSize ? bernoulli : undefined);
  const output = typeof given === "function" ? given(readoutSize) : given;
  if (output?.readoutSize !== readoutSize)
    throw new GatedRnnError(
      "usage",
      `${library}: expected an output of ${readoutSize} readouts, got ${output ? `${output.name} of ${output.readoutSize}` : "none"}; name it as output`,
    );
  return {
    model: model(whole, inputSize, hiddenSize, output),
    parameters: new Map(),
    data: `imported from ${library}`,
    run: "none",
  };
}

/** A parameter's own array. */
export const vectorOf = (parameters: ReadonlyMap<string, Float32Array>, name: string) =>
  parameters.get(name) as Float32Array;
