import { generator } from "../random/generator.js";
import type { Cell } from "./cell.js";
import { doubleOperations } from "./double-precision.js";
import { evaluateStep } from "./graph.js";

const inputSize = 3;
const hiddenSize = 2;

/**
 * Whether two cells compute the same step, however their equations are written: the same states from
 * the same made-up parameters, input and former states. Cells whose parameters or states have other
 * names are not the same.
 */
export function isSameStep(one: Cell, other: Cell): boolean {
  const names = ({ graph }: Cell) =>
    [...graph.parameters, ...graph.states].map(({ name }) => name).sort();
  if (names(one).join() !== names(other).join()) return false;
  const [a, b] = [stepOf(one), stepOf(other)];
  return [...a].every(([state, values]) =>
    values.every((value, j) => Math.abs(value - (b.get(state)?.[j] ?? Number.NaN)) < 1e-9),
  );
}

/** The new states. What is made up depends on nothing but its name. */
function stepOf({ graph }: Cell): Map<string, Float64Array> {
  const madeUp = (name: string, size: number) => {
    const random = generator(1, `same step ${name}`);
    return Float64Array.from({ length: size }, () => random.normal());
  };
  const weights = new Map(
    graph.parameters.map(({ name, axes }) => {
      const size = axes.reduce((n, axis) => n * (axis === "input" ? inputSize : hiddenSize), 1);
      return [name, madeUp(name, size)];
    }),
  );
  const previous = new Map(graph.states.map(({ name }) => [name, madeUp(name, hiddenSize)]));
  const values = evaluateStep(
    graph,
    madeUp("input", inputSize),
    previous,
    doubleOperations(weights),
  );
  return new Map(graph.states.map(({ name, node }) => [name, values[node]]));
}
