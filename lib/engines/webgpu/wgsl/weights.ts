import type { Program } from "../../../compile/program.js";

/** A matrix as a product reads it: element (k, n) at offset + k · stride + n of a run's weights. */
interface WeightMatrix {
  readonly offset: number;
  readonly stride: number;
}

/** A run's working weights: the parameters with their noise, and behind them the matrices that are read transposed. */
export interface WeightLayout {
  readonly packs: readonly WeightMatrix[];
  /** By parameter, in the program's order: where its transposed copy begins, −1 for none. */
  readonly transposed: readonly number[];
  readonly floats: number;
}

/** Neighbouring invocations read neighbouring columns: what a product reads by columns is kept a second time, transposed. */
export function weightLayout({ packs, parameters, parameterFloats }: Program): WeightLayout {
  let floats = parameterFloats;
  const transposed = parameters.map(() => -1);
  const matrices = packs.map(({ offset, stepRow, stepColumn }) => {
    if (stepColumn === 1) return { offset, stride: stepRow };
    const k = parameters.findIndex((p) => p.offset === offset);
    const { rows, columns } = parameters[k];
    transposed[k] = floats;
    floats += rows * columns;
    return { offset: transposed[k], stride: rows };
  });
  return { packs: matrices, transposed, floats };
}
