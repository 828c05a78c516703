import type { Cell } from "../cells/cell.js";
import { type Graph, type GraphNode, inputsOf, type NodeIndex } from "../cells/graph.js";
import { layerOf } from "../cells/layer-name.js";
import { GatedRnnError } from "../errors.js";
import { escapeHtml } from "./table.js";

/** A shape of the drawing: a value that comes in or goes out, a gate with its products, or an operation. */
interface Shape {
  readonly id: string;
  readonly kind: "input" | "state" | "result" | "gate" | "operation";
  readonly label: Label;
  /** Of a gate or state, as traces have it. */
  readonly name?: string | undefined;
  /** What a gate does, below its name. */
  readonly detail?: string;
  readonly reads: readonly Reading[];
}

/** A letter with its index: h, t − 1; in a stack its layer too. */
interface Label {
  readonly text: string;
  readonly index?: string;
  readonly layer?: string | undefined;
}

/** An arrow's beginning; a matrix is written on it, a diagonal one dashes it. */
interface Reading {
  readonly from: string;
  readonly weight?: string;
  readonly diagonal?: boolean;
}

/**
 * A cell as a drawing of its graph: values that come in on the left, its new states on the right. A gate is a box, with the products that it
 * alone reads: full arrows carry a weight matrix, dashed ones a diagonal one (a peephole). Circles are element-wise operations.
 * Laid out by dagre. Text in the font that pictures are made with. Each named gate and state is a group whose `data-value` is its
 * name in traces.
 *
 * @returns an SVG of its own size
 * @throws GatedRnnError `usage` for a cell of more than 500 values and arrows: more than a page shows, and minutes of work
 */
export function cellDiagram({ name, graph }: Cell): string {
  const shapes = shapesOf(graph);
  const size = shapes.reduce((sum, { reads }) => sum + 1 + reads.length, 0);
  if (size > mostDrawn)
    throw new GatedRnnError(
      "usage",
      `diagram of ${name}: expected at most ${mostDrawn} values and arrows, got ${size}; latex() shows cells of any size`,
    );
  const { places, paths, width, height } = layout(shapes);
  const body = [
    ...paths.map(arrow),
    ...shapes.map((shape) => named(shape, draw(shape, places.get(shape.id) as Place))),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="the cell ${escapeHtml(name)} as a diagram" font-family="Open Sans" font-size="15">
<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0 L8 4 L0 8 z" fill="#444"/></marker></defs>
<rect width="${width}" height="${height}" fill="white"/>
${body.join("\n")}
</svg>`;
}

/** A stack of eight GRUs has fewer; the time to lay them out grows faster than the square: 2 s for 500. */
const mostDrawn = 500;

/** What stands in the circle of an operation, where it is not the operation's name. */
const symbols: Readonly<Partial<Record<string, string>>> = {
  sigmoid: "σ",
  square: "( )²",
  absolute: "| |",
  negate: "−",
  oneMinus: "1 −",
  plus: "+",
  minus: "−",
  times: "⊙",
  divide: "÷",
  sqrt: "√",
  maximum: "max",
  minimum: "min",
  logGamma: "ln Γ",
};

function shapesOf(graph: Graph): Shape[] {
  const names = new Map(graph.named.map(({ name, node }) => [node, name]));
  const consumers = graph.nodes.map(
    (_, i) => graph.nodes.filter((node) => inputsOf(node).includes(i)).length,
  );
  const absorbed = new Set<NodeIndex>();
  const shapes: Shape[] = [];
  const id = (i: NodeIndex) => `n${i}`;
  /** What a gate's sum reads: products, peepholes and sums that nothing else reads become part of the gate. */
  const gather = (i: NodeIndex): Reading[] => {
    const node = graph.nodes[i];
    const own = consumers[i] === 1 && !names.has(i);
    if (own && node.op === "affine") {
      absorbed.add(i);
      return node.inputs.map((from, k) => ({ from: id(from), weight: node.weights[k] }));
    }
    if (own && node.op === "peephole") {
      absorbed.add(i);
      return [{ from: id(node.input), weight: node.weight, diagonal: true }];
    }
    if (own && node.op === "plus" && node.inputs.some((input) => isProduct(graph, input))) {
      absorbed.add(i);
      return node.inputs.flatMap(gather);
    }
    return [{ from: id(i) }];
  };
  for (let i = graph.nodes.length - 1; i >= 0; i--) {
    if (absorbed.has(i)) continue;
    shapes.push(shapeOf(graph.nodes[i], id(i), names.get(i), gather));
  }
  const used = new Set(shapes.flatMap(({ reads }) => reads.map(({ from }) => from)));
  const results = graph.states.map(
    ({ name, node }): Shape => ({
      id: `state ${name}`,
      kind: "result",
      label: labelOf(name),
      name,
      reads: [{ from: id(node) }],
    }),
  );
  const kept = shapes.filter(
    (shape) => used.has(shape.id) || results.some(({ reads }) => reads[0].from === shape.id),
  );
  return [...kept.reverse(), ...results];
}

/** Whether a value is a product with a matrix, or a sum with one in it. */
function isProduct(graph: Graph, i: NodeIndex): boolean {
  const node = graph.nodes[i];
  return (
    node.op === "affine" ||
    node.op === "peephole" ||
    (node.op === "plus" && node.inputs.some((input) => isProduct(graph, input)))
  );
}

function shapeOf(
  node: GraphNode,
  id: string,
  name: string | undefined,
  gather: (i: NodeIndex) => Reading[],
): Shape {
  switch (node.op) {
    case "input":
      return { id, kind: "input", label: { text: "x", index: "t" }, reads: [] };
    case "previous":
      return { id, kind: "state", label: labelOf(node.state, "t − 1"), reads: [] };
    case "affine":
      return {
        id,
        kind: "gate",
        label: labelOf(name ?? node.name),
        reads: node.inputs.map((i, k) => ({ from: `n${i}`, weight: node.weights[k] })),
      };
    case "peephole":
      return {
        id,
        kind: "operation",
        label: { text: "⊙" },
        reads: [{ from: `n${node.input}`, weight: node.weight, diagonal: true }],
      };
    case "constant":
      return { id, kind: "operation", label: { text: `${node.constant}` }, reads: [] };
    case "scale":
    case "shift":
      return {
        id,
        kind: "operation",
        label: { text: `${node.op === "scale" ? "×" : "+"} ${node.constant}` },
        reads: [{ from: `n${node.inputs[0]}` }],
      };
    default: {
      const detail = symbols[node.op] ?? node.op;
      const one = node.inputs.length === 1;
      const reads: Reading[] = one
        ? gather(node.inputs[0])
        : node.inputs.map((i) => ({ from: `n${i}` }));
      if (one && reads.some(({ weight }) => weight !== undefined))
        return { id, kind: "gate", label: labelOf(name), name, detail, reads };
      return { id, kind: "operation", label: { text: detail }, name, reads };
    }
  }
}

function labelOf(name = "", index = "t"): Label {
  if (name === "") return { text: "" };
  const { base, layer } = layerOf(name);
  return { text: base.replace("~", "\u0303"), index, layer };
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
interface Path {
  readonly points: readonly { readonly x: number; readonly y: number }[];
  readonly reading: Reading;
}

function sizeOf({ kind, label, detail }: Shape): { width: number; height: number } {
  if (kind === "gate")
    return {
      width: Math.max(64, 9 * Math.max(label.text.length, detail?.length ?? 0) + 30),
      height: 46,
    };
  if (kind === "operation") return { width: Math.max(30, 9 * label.text.length + 12), height: 30 };
  return { width: 58, height: 34 };
}

function layout(shapes: readonly Shape[]) {
  const { Graph, layout } = require("@dagrejs/dagre") as typeof import("@dagrejs/dagre", { with: {
    "resolution-mode": "import",
  }});
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: "LR", nodesep: 26, ranksep: 58, marginx: 12, marginy: 12 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const shape of shapes) graph.setNode(shape.id, sizeOf(shape));
  const readings = shapes.flatMap(({ id, reads }) =>
    reads.map((reading, k) => ({ id, reading, key: `${k}` })),
  );
  for (const { id, reading, key } of readings)
    graph.setEdge(
      reading.from,
      id,
      reading.weight ? { width: 34, height: 12, labelpos: "c" } : {},
      key,
    );
  layout(graph);
  const places = new Map(shapes.map(({ id }) => [id, graph.node(id) as Place]));
  const paths = readings.map(
    ({ id, reading, key }): Path => ({
      points: graph.edge(reading.from, id, key).points ?? [],
      reading,
    }),
  );
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return { places, paths, width: Math.ceil(width), height: Math.ceil(height) };
}

function arrow({ points, reading: { weight, diagonal } }: Path): string {
  const [first, ...rest] = points;
  const last = rest[rest.length - 1] ?? first;
  let [from, label] = [first, first];
  const bends = rest.slice(0, -1).map((bend, i) => {
    const to =
      i === rest.length - 2
        ? last
        : { x: (bend.x + rest[i + 1].x) / 2, y: (bend.y + rest[i + 1].y) / 2 };
    if (i === Math.floor((rest.length - 2) / 2))
      label = { x: (from.x + 2 * bend.x + to.x) / 4, y: (from.y + 2 * bend.y + to.y) / 4 };
    from = to;
    return `Q ${at(bend)} ${at(to)}`;
  });
  const style = `stroke-width="${weight ? 1.8 : 1.1}"${diagonal ? ' stroke-dasharray="5 3"' : ""}`;
  const path = `<path d="M ${at(first)} ${bends.join(" ")} L ${at(last)}" fill="none" stroke="#444" ${style} marker-end="url(#tip)"/>`;
  if (!weight) return path;
  const { base, layer } = layerOf(weight);
  const [letter, ...index] = base.split("_");
  const ground = `<rect x="${(label.x - 12).toFixed(1)}" y="${(label.y - 9).toFixed(1)}" width="24" height="18" rx="3" fill="white" opacity="0.9"/>`;
  return `${path}\n${ground}${text({ text: letter, index: index.join(""), layer }, label.x, label.y + 4.5, 12, "#444")}`;
}

const at = ({ x, y }: { readonly x: number; readonly y: number }) =>
  `${x.toFixed(1)} ${y.toFixed(1)}`;

const fills = {
  input: "#eeeeee",
  state: "#eeeeee",
  result: "#e8f1f8",
  gate: "#fff6e5",
  operation: "#ffffff",
} as const;

/** A page finds a gate by its name, and shows its value there. */
function named({ name }: Shape, drawn: string): string {
  return name === undefined ? drawn : `<g data-value="${escapeHtml(name)}">${drawn}</g>`;
}

function draw(shape: Shape, { x, y, width, height }: Place): string {
  const { kind, label, detail } = shape;
  const radius = kind === "gate" ? 6 : height / 2;
  const box = `<rect x="${(x - width / 2).toFixed(1)}" y="${(y - height / 2).toFixed(1)}" width="${width}" height="${height}" rx="${radius}" fill="${fills[kind]}" stroke="#444" stroke-width="1.2"/>`;
  if (label.text === "⊙")
    return `${box}<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="3" fill="#222"/>`; // in few fonts
  if (kind !== "gate" || detail === undefined) return `${box}${text(label, x, y + 5)}`;
  if (label.text === "") return `${box}${text({ text: detail }, x, y + 5)}`;
  return `${box}${text(label, x, y - 2)}${text({ text: detail }, x, y + 16, 12, "#777")}`;
}

function text(
  { text: letter, index, layer }: Label,
  x: number,
  y: number,
  size = 15,
  fill = "#222",
): string {
  const small = (dy: number, words: string) =>
    `<tspan dy="${dy}" font-size="${size * 0.72}">${escapeHtml(words)}</tspan>`;
  const above = layer === undefined ? "" : small(-6, `(${layer})`);
  const below = index ? small(above ? 10 : 4, index) : "";
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="middle" font-size="${size}" fill="${fill}">${escapeHtml(letter)}${above}${below}</text>`;
}
