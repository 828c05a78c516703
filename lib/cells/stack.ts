import { GatedRnnError } from "../errors.js";
import type { Cell } from "./cell.js";
import type { CellParameter, Graph, GraphNode, NodeIndex } from "./graph.js";
import { layerName } from "./layer-name.js";

/**
 * Recurrent layers on top of one another, as one cell: the first reads x, every other the new h of the layer below it, and the output
 * layer reads the h of the last. Any cells, in any mixture, a user's own too; a stack among them counts as its layers.
 *
 * Parameters, gates and states are named by layer, from 1: `W_r.1`, `z.2`, `h.1`; only the h of the last layer keeps its name. A matrix
 * between two layers is an input weight like those that read x: it begins with U(−0.1, 0.1), and weight noise acts on it.
 *
 *   const deep = stack(gru, gru);          // "stack(gru,gru)": --cell "stack(gru,gru)", or --cell gru --layers 2
 *
 * All layers are as wide as the model's hidden size.
 *
 * @throws GatedRnnError `usage` when there is no layer, or one that is no cell, such as a width
 */
export function stack(...cells: readonly Cell[]): Cell {
  const layers = cells.flatMap((cell, k) => layersOf(cell, k));
  if (layers.length === 0)
    throw new GatedRnnError("usage", "stack: expected at least one cell, got none");
  if (layers.length === 1) return layers[0];
  const name = `stack(${layers.map((layer) => layer.name).join(",")})`;
  return { name, graph: layers.map(renamed).reduce(onTop), layers };
}

function layersOf(cell: Cell, k: number): readonly Cell[] {
  if (typeof cell === "object" && cell?.graph !== undefined) return cell.layers ?? [cell];
  const got = typeof cell === "number" ? `the number ${cell}` : String(cell);
  throw new GatedRnnError(
    "usage",
    `stack: expected a cell as argument ${k + 1}, got ${got}; all layers have the model's hidden size: stack(gru, gru)`,
  );
}

/** A layer's graph with all names by layer; the last layer's h stays h. */
function renamed({ graph }: Cell, index: number, { length }: readonly Cell[]): Graph {
  const layer = index + 1;
  const own = (name: string) => layerName(name, layer);
  const state = (name: string) => (name === "h" && layer === length ? name : own(name));
  const h = graph.states[0].node;
  return {
    nodes: graph.nodes.map((node): GraphNode => {
      switch (node.op) {
        case "previous":
          return { ...node, state: state(node.state) };
        case "affine":
          return {
            ...node,
            name: own(node.name),
            weights: node.weights.map(own),
            ...(node.bias === undefined ? {} : { bias: own(node.bias) }),
          };
        case "peephole":
          return { ...node, name: own(node.name), weight: own(node.weight) };
        default:
          return node;
      }
    }),
    states: graph.states.map(({ name, node }) => ({ name: state(name), node })),
    parameters: graph.parameters.map(({ begin, ...parameter }) => ({
      ...parameter,
      name: own(parameter.name),
      ...(begin === undefined
        ? {}
        : { begin: typeof begin === "number" ? begin : { ...begin, draw: own(begin.draw) } }),
    })),
    named: graph.named.map(({ name, node }) => ({
      name: node === h ? state(name) : own(name),
      node,
    })),
  };
}

/** One graph whose upper part reads the lower part's h in place of x. */
function onTop(lower: Graph, upper: Graph): Graph {
  const nodes = [...lower.nodes];
  const at: NodeIndex[] = [];
  for (const node of upper.nodes)
    at.push(node.op === "input" ? lower.states[0].node : nodes.push(moved(node, at)) - 1);
  const shifted = <T extends { readonly node: NodeIndex }>(entries: readonly T[]) =>
    entries.map((entry) => ({ ...entry, node: at[entry.node] }));
  return {
    nodes,
    states: [...shifted(upper.states), ...lower.states],
    parameters: [...lower.parameters, ...upper.parameters.map(betweenLayers)],
    named: [...lower.named, ...shifted(upper.named)],
  };
}

function moved(node: GraphNode, at: readonly NodeIndex[]): GraphNode {
  switch (node.op) {
    case "input":
    case "previous":
      return node;
    case "peephole":
      return { ...node, input: at[node.input] };
    default:
      return { ...node, inputs: node.inputs.map((i) => at[i]) };
  }
}

/** A matrix that read x reads a hidden state. */
const betweenLayers = (parameter: CellParameter): CellParameter => ({
  ...parameter,
  axes: parameter.axes.map((axis) => (axis === "input" ? "hidden" : axis)),
});
