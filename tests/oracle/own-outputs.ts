import { type Output, output } from "../../lib/outputs/index.js";

/** An output that the library does not have, as a user would write it. */
export const laplace = output(
  "laplace",
  { target: "values", targetSize: 1, readoutSize: 2 },
  ({ readout: y, target: x, part, softplus, plus, divide, absolute, minus, log, scale }) => {
    const width = plus(softplus(part(y, 1, 1)), 0.01);
    return { nll: plus(divide(absolute(minus(x, part(y, 0, 1))), width), log(scale(width, 2))) };
  },
);

/** The same distribution in equations that no kernel is for: the last node differs. */
export function unfused({ graph, ...sizes }: Output): Output {
  const { nodes, nll, named } = graph;
  const same = { op: "scale", inputs: [nll], shape: [1, 1], constant: 1 } as const;
  return { ...sizes, graph: { nodes: [...nodes, same], nll: nodes.length, named } };
}

/** Not a sensible output: every word on rows, matrices too. */
export const everyRowOp = (size: number): Output =>
  output("every-row-op", { target: "keys", targetSize: size, readoutSize: 3 * size }, (v) => {
    const y = v.readout;
    const grid = v.matrix(y, 3, size);
    const weights = v.softmax(grid);
    const spread = v.logSumExp(v.times(grid, v.target)); // [3, 1]
    const mixed = v.sumRows(v.times(weights, v.tanh(spread)));
    const list = v.softmax(v.part(y, size, size));
    return {
      nll: v.plus(
        v.at(v.square(v.part(y, 0, size)), v.target),
        v.sum(v.maximum(mixed, v.scale(list, 0.3))),
        v.sumRows(v.sum(v.minus(grid, v.over(list, 3, size)))),
        v.logSumExp(v.divide(v.part(y, 2 * size, size), v.plus(v.exp(list), 1))),
      ),
    };
  });
