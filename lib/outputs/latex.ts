import { type Binding, words } from "../compile/ops.js";
import { isRowWord, rowWords } from "../compile/row-ops.js";
import { outputParameters } from "./graph.js";
import type { Output } from "./output.js";

/**
 * An output's equations in LaTeX: a line for every value that has a name, and the negative log-likelihood of the target x given the
 * readout y. An `aligned` block, for KaTeX and MathJax.
 */
export function outputLatex({ graph }: Output): string {
  const names = new Map(graph.named.map(({ name, node }) => [node, letterOf(name)]));
  for (const { name, node } of outputParameters(graph)) names.set(node, parameterLetter(name));
  const definition = (index: number): string => {
    const write = (i: number, least: Binding): string =>
      (i === index ? undefined : names.get(i)) ?? expand(i, least);
    const expand = (i: number, least: Binding): string => {
      const { op, inputs, shape, constant = 0, first = 0 } = graph.nodes[i];
      const bound = (text: string, is: Binding) =>
        (is === "sum" && least !== "sum") || (is === "product" && least === "atom")
          ? `(${text})`
          : text;
      if (op === "readout") return "y";
      if (op === "target") return "x";
      if (op === "over") return write(inputs[0], least);
      if (isRowWord(op)) {
        const { text, is, reads } = rowWords[op].latex;
        const context = { from: graph.nodes[inputs[0]].shape, to: shape, first };
        return bound(text(write(inputs[0], reads), "x", context), is);
      }
      if (!Object.hasOwn(words, op)) return "?"; // a draw is no part of the likelihood
      const { text, is, reads } = words[op as keyof typeof words].latex;
      const [a = "", b = ""] = inputs.map((input, k) => write(input, reads[k]));
      return bound(text(a, b, constant), is);
    };
    return expand(index, "sum");
  };
  const used = usedBy(graph.nodes, graph.nll);
  const lines = graph.named
    .filter(({ node }) => used.has(node) && node !== graph.nll)
    .map(({ node }) => `${names.get(node)} &= ${definition(node)}`);
  lines.push(`\\mathrm{NLL} &= ${definition(graph.nll)}`);
  return `\\begin{aligned}\n${lines.join(" \\\\\n")}\n\\end{aligned}`;
}

function usedBy(nodes: Output["graph"]["nodes"], from: number): Set<number> {
  const found = new Set([from]);
  for (let i = from; i >= 0; i--)
    if (found.has(i)) for (const input of nodes[i].inputs) found.add(input);
  return found;
}

const greek = new Set(
  "alpha beta gamma delta epsilon kappa lambda mu nu pi rho sigma tau phi psi omega".split(" "),
);

/** W_v → W_v with the index below. */
function parameterLetter(name: string): string {
  const [letter, ...index] = name.split("_");
  return index.length === 0 ? letterOf(letter) : `${letterOf(letter)}_{${index.join("\\_")}}`;
}

/** mu → μ; names of several letters upright. */
function letterOf(name: string): string {
  if (greek.has(name)) return `\\${name}`;
  return name.length === 1 ? name : `\\mathrm{${name.replaceAll("_", "\\_")}}`;
}
