import { z } from "zod";
import { words } from "../compile/ops.js";
import { isRowWord } from "../compile/row-ops.js";
import type { Shape } from "../compile/word-names.js";
import { isChain, type RowGraph, type RowNode, sizeOf } from "./graph.js";
import { type Output, parameterName, targetKinds } from "./output.js";

const size = z.number().int().positive();
const index = z.number().int().nonnegative();
const description = z.object({
  name: z.string().min(1),
  target: z.enum(targetKinds),
  targetSize: size,
  readoutSize: size,
  graph: z.object({
    nodes: z
      .array(
        z.object({
          op: z.string(),
          inputs: z.array(index),
          shape: z.tuple([size, size]),
          constant: z.number().optional(),
          first: index.optional(),
          name: z.string().regex(parameterName).optional(),
        }),
      )
      .max(10_000),
    nll: index,
    sample: index.optional(),
    named: z.array(z.object({ name: z.string(), node: index })),
  }),
});

const draws = { chance: 1, choice: 1, normal: 2, counts: 1, upward: 1, downward: 1 } as const;
const own = <T extends object>(of: T, key: PropertyKey): key is keyof T => Object.hasOwn(of, key);

/**
 * An output from its description, as a file has it. Everything is looked at: engines address memory by a graph's shapes.
 *
 * @throws Error with what is wrong, in a few words
 */
export function outputFrom(value: unknown): Output {
  const checked = description.safeParse(value);
  if (!checked.success) {
    const [{ path, message }] = checked.error.issues;
    throw new Error(`${path.join(".") || "no description"}: ${message}`);
  }
  const { graph, ...sizes } = checked.data;
  const nodes = graph.nodes as readonly RowNode[];
  nodes.forEach((node, i) => {
    const expected = shapeOf(node, i, nodes, sizes);
    if (expected?.join() !== node.shape.join()) throw new Error(`graph.nodes.${i}: no such value`);
  });
  const whole = [graph.nll, ...(graph.sample === undefined ? [] : [graph.sample])];
  for (const node of [...whole, ...graph.named.map((n) => n.node)])
    if (node >= nodes.length) throw new Error(`graph: no value ${node}`);
  const read = reached(nodes, graph.nll);
  if (sizeOf(nodes[graph.nll].shape) !== 1 || !read.some(({ op }) => op === "readout"))
    throw new Error("graph.nll: no number that depends on the readout");
  if (read.some(({ op }) => own(draws, op))) throw new Error("graph.nll: random numbers in it");
  if (graph.sample !== undefined && sizeOf(nodes[graph.sample].shape) !== sizes.targetSize)
    throw new Error("graph.sample: no target");
  return { ...sizes, graph: graph as RowGraph };
}

/** The values that a value is computed from, itself among them. */
function reached(nodes: readonly RowNode[], from: number): RowNode[] {
  const found = new Set<number>();
  const left = [from];
  for (let i = left.pop(); i !== undefined; i = left.pop())
    if (!found.has(i)) {
      found.add(i);
      left.push(...nodes[i].inputs);
    }
  return [...found].map((i) => nodes[i]);
}

/** The shape that a node must have; undefined for one that cannot be. */
function shapeOf(
  { op, inputs, shape, constant, first = 0, name }: RowNode,
  i: number,
  nodes: readonly RowNode[],
  sizes: Omit<Output, "graph">,
): Shape | undefined {
  if (inputs.some((input) => input >= i)) return undefined;
  const shapes = inputs.map((input) => nodes[input].shape);
  const [a] = shapes;
  const alike = (count: number) =>
    inputs.length === count && shapes.every((s) => s.join() === shape.join()) ? shape : undefined;
  if (op === "readout") return inputs.length === 0 ? [1, sizes.readoutSize] : undefined;
  if ((op === "parameter") !== (name !== undefined)) return undefined;
  if (op === "parameter")
    return inputs.length === 0 && nodes.every((n, k) => k === i || n.name !== name)
      ? shape
      : undefined;
  if (op === "target") return inputs.length === 0 ? [1, sizes.targetSize] : undefined;
  if (own(words, op)) {
    const hasConstant = op === "constant" || op === "scale" || op === "shift";
    return hasConstant === (constant !== undefined) ? alike(words[op].inputs) : undefined;
  }
  if (isChain(op) && (sizes.target !== "keys" || sizeOf(shape) !== sizes.targetSize))
    return undefined;
  if (own(draws, op)) return alike(draws[op]);
  if (!isRowWord(op) || inputs.length !== 1) return undefined;
  switch (op) {
    case "part":
      return first + sizeOf(shape) <= sizeOf(a) ? shape : undefined;
    case "over":
      return a.every((n, axis) => n === 1 || n === shape[axis]) ? shape : undefined;
    case "sum":
    case "logSumExp":
      return [a[0], 1];
    case "sumRows":
      return [1, a[1]];
    case "softmax":
    case "before":
    case "after":
      return a;
    case "at":
      return sizes.target !== "values" && a[0] === 1 && a[1] === sizes.targetSize
        ? [1, 1]
        : undefined;
  }
}
