import { type Binding, words } from "../compile/ops.js";
import type { Cell } from "./cell.js";
import type { Graph, NodeIndex } from "./graph.js";
import { layerOf } from "./layer-name.js";

/**
 * A cell's equations in LaTeX, one line per named gate or state, in the paper's letters: x_t, h_{t-1}, W_r, U_r, ⊙ for the
 * element-wise product, σ for the logistic sigmoid. An `aligned` block, for KaTeX and MathJax.
 */
export function latex({ graph }: Cell): string {
  const lines = graph.named.map(
    ({ name, node }) => `${subscript(name, "t")} &= ${definition(graph, node)}`,
  );
  return `\\begin{aligned}\n${lines.join(" \\\\\n")}\n\\end{aligned}`;
}

function definition(graph: Graph, index: NodeIndex): string {
  const names = new Map(graph.named.map(({ name, node }) => [node, name]));
  const write = (i: NodeIndex, least: Binding): string => {
    const name = names.get(i);
    return i !== index && name !== undefined ? subscript(name, "t") : expand(i, least);
  };
  const expand = (i: NodeIndex, least: Binding): string => {
    const node = graph.nodes[i];
    const sum = (text: string) => (least === "sum" ? text : `(${text})`);
    const product = (text: string) => (least === "atom" ? `(${text})` : text);
    switch (node.op) {
      case "input":
        return "x_t";
      case "previous":
        return subscript(node.state, "t-1");
      case "affine":
        return sum(
          [
            ...node.inputs.map((input, k) => `${letter(node.weights[k])} ${write(input, "atom")}`),
            ...(node.bias === undefined ? [] : [letter(node.bias)]),
          ].join(" + "),
        );
      case "peephole":
        return product(`${letter(node.weight)} \\odot ${write(node.input, "product")}`);
      default: {
        const { text, is, reads } = words[node.op].latex;
        const [a = "", b = ""] = node.inputs.map((input, k) => write(input, reads[k]));
        const whole = text(a, b, node.constant ?? 0);
        return is === "sum" ? sum(whole) : is === "product" ? product(whole) : whole;
      }
    }
  };
  return expand(index, "sum");
}

/** r, t → r_t; c~ with a tilde; names of several letters upright; r.2, of a stack's second layer → r^{(2)}_t. */
function subscript(name: string, time: string): string {
  const { base: whole, layer } = layerOf(name);
  const tilde = whole.endsWith("~");
  const base = tilde ? whole.slice(0, -1) : whole;
  const word = base.length === 1 ? base : `\\mathrm{${base.replaceAll("_", "\\_")}}`;
  const above = layer === undefined ? "" : `^{(${layer})}`;
  const index = time.length === 1 && !tilde ? time : `{${time}}`;
  return `${tilde ? `\\tilde{${base}}` : word}${above}_${index}`;
}

/** U_r → U_r, U_r_2 → U_{r,2}, W_gate → W_{gate}, U_r.2 → U^{(2)}_r. */
function letter(parameter: string): string {
  const { base: whole, layer } = layerOf(parameter);
  const [base, ...rest] = whole.split("_");
  const index = rest.join(",");
  const above = layer === undefined ? "" : `^{(${layer})}`;
  return `${base}${above}_${index.length === 1 ? index : `{${index}}`}`;
}
