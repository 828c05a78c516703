import type { RowGraph, SlopeNode } from "../outputs/graph.js";
import { words } from "./ops.js";
import { isRowWord, rowWords } from "./row-ops.js";
import type { ElementwiseOp, RowOp, Shape } from "./word-names.js";

/** The gradient of an output's NLL by its readout and by its own parameters. */
interface RowDerivative {
  /** Nodes that follow those of the graph. */
  readonly nodes: readonly SlopeNode[];
  /** The one that is the gradient, [1, readout size]. */
  readonly slope: number;
  /** By a parameter's node: the one that is its gradient, in its shape; none where the NLL does not depend on it. */
  readonly parameters: ReadonlyMap<number, number>;
}

/** Differentiates an output's NLL by reverse mode on its graph; what does not depend on the readout or a parameter is left out. */
export function rowDerivative({ nodes, nll }: RowGraph): RowDerivative {
  const added: SlopeNode[] = [];
  const at = (i: number) => nodes[i] ?? added[i - nodes.length];
  const add = (node: SlopeNode) => nodes.length + added.push(node) - 1;
  const depends: boolean[] = [];
  for (const { op, inputs } of nodes)
    depends.push(op === "readout" || op === "parameter" || inputs.some((i) => depends[i]));
  const adjoints = new Map<number, number>();
  const elementwise = (op: ElementwiseOp, shape: Shape, ...inputs: number[]) =>
    add({ op: op, inputs, shape });
  const reach = (node: number, slope: number) => {
    if (!depends[node]) return;
    const before = adjoints.get(node);
    const sum = before === undefined ? slope : elementwise("plus", at(node).shape, before, slope);
    adjoints.set(node, sum);
  };
  reach(nll, add({ op: "constant", inputs: [], shape: [1, 1], constant: 1 }));
  let slope = -1;
  const parameters = new Map<number, number>();
  for (let y = nll; y >= 0; y--) {
    const g = adjoints.get(y);
    if (g === undefined) continue;
    const { op, inputs, shape, constant = 0, first = 0 } = nodes[y];
    if (op === "readout") slope = g;
    else if (op === "parameter") parameters.set(y, g);
    else if (isRowWord(op)) {
      const of = (inner: RowOp, input: number, to: Shape, from?: number) =>
        add({
          op: inner,
          inputs: [input],
          shape: to,
          ...(from === undefined ? {} : { first: from }),
        });
      const [a] = inputs;
      const slopes = { g, y, a, from: at(a).shape, to: shape, first, of, elementwise };
      reach(a, rowWords[op].derivative<number>(slopes));
    } else if (op in words) {
      const [a = y, b = a] = inputs;
      words[op as keyof typeof words]
        .derivative<number>({
          ...{ g, y, a, b, k: constant },
          of: (name, ...of) => elementwise(name, shape, ...of),
          scaled: (value, k) => add({ op: "scale", inputs: [value], shape, constant: k }),
        })
        .forEach((part, k) => {
          reach(inputs[k], part);
        });
    }
  }
  return { nodes: added, slope, parameters };
}
