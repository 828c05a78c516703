import { GatedRnnError } from "../errors.js";
import type { Cell } from "./cell.js";

/** The two widths that a cell's parameter count follows from. */
export interface CellSize {
  /** Width of the input x. */
  readonly inputSize: number;
  /** Units of the layer: width of h and of every gate. */
  readonly hiddenSize: number;
}

/** Parameters of the recurrent layer, biases and peepholes counted, output layer not (Chung et al. 2014, Table 1). */
export function parameterCount({ graph }: Cell, { inputSize, hiddenSize }: CellSize): number {
  const size = { input: inputSize, hidden: hiddenSize };
  return graph.parameters.reduce(
    (sum, { axes }) => sum + axes.reduce((product, axis) => product * size[axis], 1),
    0,
  );
}

/**
 * The number of hidden units whose parameter count comes nearest to a budget (the smaller of two that are equally near).
 * @throws GatedRnnError `usage` when the budget is not a positive number
 */
export function hiddenSizeFor(cell: Cell, inputSize: number, budget: number): number {
  if (!(budget > 0 && Number.isFinite(budget)))
    throw new GatedRnnError("usage", `parameter budget: expected a positive number, got ${budget}`);
  const count = (hiddenSize: number) => parameterCount(cell, { inputSize, hiddenSize });
  let high = 1;
  while (count(high) < budget) high *= 2;
  let low = Math.max(1, high >> 1);
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (count(middle) < budget) low = middle;
    else high = middle;
  }
  return Math.abs(count(low) - budget) <= Math.abs(count(high) - budget) ? low : high;
}

/**
 * The paper's hidden sizes (Table 1): on music, about 20 thousand parameters each; on speech, about 169 thousand. The LSTM that
 * begins with another bias has the LSTM's, and the layer without memory, which is not the paper's, the tanh unit's.
 */
export const paperHiddenSizes: Readonly<
  Record<"music" | "speech", Readonly<Record<string, number>>>
> = {
  music: { tanh: 100, gru: 46, lstm: 36, "lstm-forget-1": 36, memoryless: 100 },
  speech: { tanh: 400, gru: 227, lstm: 195, "lstm-forget-1": 195, memoryless: 400 },
};
