import type { Cell } from "../cells/cell.js";
import type { BiasBeginning, ParameterRole } from "../cells/graph.js";
import { GatedRnnError } from "../errors.js";
import { outputParameters } from "../outputs/graph.js";
import type { Output } from "../outputs/index.js";

/** A parameter with its size: weight matrices are [what they read, what they make], row-major. */
export interface Parameter {
  readonly name: string;
  readonly role: ParameterRole;
  /** Rows and columns of a matrix, [n] of a bias or peephole; row by row in memory. */
  readonly shape: readonly number[];
  /** What a bias is before training, where it is not 0. */
  readonly begin?: BiasBeginning;
}

/** One recurrent layer and one output layer. */
export interface Model {
  readonly cell: Cell;
  /** Width of the input x. */
  readonly inputSize: number;
  /** Units of the layer: width of h and of every gate. */
  readonly hiddenSize: number;
  readonly output: Output;
  /**
   * The cell's parameters in the order of its equations, then W_y and b_y, then the output's own. A parameter's place here is its
   * noise stream.
   */
  readonly parameters: readonly Parameter[];
}

/**
 * A model of a cell.
 *
 * @throws GatedRnnError `usage` for sizes that are not whole numbers from 1 on, and where the output calls a parameter of its own
 * as the cell calls one
 */
export function model(cell: Cell, inputSize: number, hiddenSize: number, output: Output): Model {
  const remedy = cell.layers ? "; all layers of a stack have the same hidden size" : "";
  for (const [what, size] of [
    ["input numbers", inputSize],
    ["hidden units", hiddenSize],
    ["target numbers", output.targetSize],
    ["readouts", output.readoutSize],
  ] as const)
    if (!(Number.isSafeInteger(size) && size >= 1))
      throw new GatedRnnError(
        "usage",
        `model: expected a whole number of ${what} from 1 on, got ${size}${remedy}`,
      );
  const size = { input: inputSize, hidden: hiddenSize };
  const parameters: Parameter[] = cell.graph.parameters.map(({ axes, ...rest }) => ({
    ...rest,
    shape: axes.map((a) => size[a]),
  }));
  parameters.push({ name: "W_y", role: "output-weight", shape: [hiddenSize, output.readoutSize] });
  parameters.push({ name: "b_y", role: "output-bias", shape: [output.readoutSize] });
  for (const { name, shape } of outputParameters(output.graph)) {
    if (parameters.some((p) => p.name === name))
      throw new GatedRnnError(
        "usage",
        `model: expected parameters of the output by names of their own, got ${name} in ${cell.name} and in ${output.name}; call it something else there`,
      );
    parameters.push({ name, role: "output-weight", shape });
  }
  return { cell, inputSize, hiddenSize, output, parameters };
}

/** How many parameters the output layer has: W_y, b_y and the output's own. */
export function outputParameterCount({ parameters }: Model): number {
  return parameters
    .filter(({ role }) => role === "output-weight" || role === "output-bias")
    .reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
}

/** Whether weight noise acts on a parameter: on the recurrent layer's weight matrices only (ours; the paper does not say). */
export function isNoisy(parameter: Parameter): boolean {
  return parameter.role === "input-weight" || parameter.role === "recurrent-weight";
}
