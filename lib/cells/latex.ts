import type { Cell } from "./cell.js";
import type { Graph, NodeIndex } from "./graph.js";

/** How tightly a piece of an equation binds: what stands under ⊙ or a matrix must be at least a product or an atom. */
type Binding = "sum" | "product" | "atom";

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
            letter(node.bias),
          ].join(" + "),
        );
      case "peephole":
        return product(`${letter(node.weight)} \\odot ${write(node.input, "product")}`);
      case "plus":
        return sum(`${write(node.left, "sum")} + ${write(node.right, "sum")}`);
      case "minus":
        return sum(`${write(node.left, "sum")} - ${write(node.right, "product")}`);
      case "times":
        return product(`${write(node.left, "product")} \\odot ${write(node.right, "product")}`);
      case "divide":
        return `\\frac{${write(node.left, "sum")}}{${write(node.right, "sum")}}`;
      case "scale":
        return product(`${node.factor} \\, ${write(node.input, "product")}`);
      case "oneMinus":
        return sum(`1 - ${write(node.input, "product")}`);
      case "negate":
        return sum(`-${write(node.input, "product")}`);
      case "square":
        return `${write(node.input, "atom")}^2`;
      case "sigmoid":
        return `\\sigma(${write(node.input, "sum")})`;
      case "tanh":
      case "exp":
      case "log":
        return `\\${node.op}(${write(node.input, "sum")})`;
      case "relu":
      case "softplus":
        return `\\operatorname{${node.op}}(${write(node.input, "sum")})`;
    }
  };
  return expand(index, "sum");
}

/** r, t → r_t; c~ with a tilde; names of several letters upright. */
function subscript(name: string, time: string): string {
  if (name.endsWith("~")) return `\\tilde{${name.slice(0, -1)}}_{${time}}`;
  const base = name.length === 1 ? name : `\\mathrm{${name.replaceAll("_", "\\_")}}`;
  return time.length === 1 ? `${base}_${time}` : `${base}_{${time}}`;
}

/** U_r → U_r, U_r_2 → U_{r,2}, W_gate → W_{gate}. */
function letter(parameter: string): string {
  const [base, ...rest] = parameter.split("_");
  const index = rest.join(",");
  return index.length === 1 ? `${base}_${index}` : `${base}_{${index}}`;
}
