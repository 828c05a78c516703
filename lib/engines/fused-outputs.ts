import { outputParameters } from "../outputs/graph.js";
import {
  bernoulli,
  gaussianMixture,
  nade,
  nadeConditions,
  nadeOrders,
  type Output,
} from "../outputs/index.js";

/** A kernel written by hand for an output that many train, and what it is told. */
type FusedOutput =
  | { readonly kernel: "bernoulli" }
  | { readonly kernel: "mixture"; readonly components: number }
  | NadeKernel;

/** Whether keys go from high to low, and whether c is a part of the readout or the third of the output's parameters. */
export interface NadeKernel {
  readonly kernel: "nade";
  readonly hidden: number;
  readonly isDownward: boolean;
  readonly readsBoth: boolean;
}

/** The numbers that an output computes, without its names. */
const equations = ({ target, targetSize, readoutSize, graph: { nodes, nll } }: Output) =>
  JSON.stringify([target, targetSize, readoutSize, nodes, nll]);

/**
 * The kernel whose equations an output's are, to the last node, whatever it is called; undefined: they are carried out one by one. The
 * equations stay the kernel's judge: tests compare the two.
 */
export function fusedOutput(output: Output): FusedOutput | undefined {
  if (!known.has(output)) known.set(output, recognised(output));
  return known.get(output);
}

/** An output is asked about at every step, and never changes. */
const known = new WeakMap<Output, FusedOutput | undefined>();

function recognised(output: Output): FusedOutput | undefined {
  const { target, targetSize, readoutSize, graph } = output;
  const [weights] = outputParameters(graph);
  if (weights) return recognisedNade(output, weights.shape[1]);
  if (target === "keys" && readoutSize === targetSize)
    return equations(output) === equations(bernoulli(targetSize))
      ? { kernel: "bernoulli" }
      : undefined;
  const components = readoutSize / (1 + 2 * targetSize);
  if (target !== "values" || !Number.isInteger(components) || components > 1024) return undefined;
  return equations(output) === equations(gaussianMixture(targetSize, components))
    ? { kernel: "mixture", components }
    : undefined;
}

function recognisedNade(output: Output, hidden: number): NadeKernel | undefined {
  if (output.target !== "keys" || hidden > 4096) return undefined;
  for (const order of nadeOrders)
    for (const condition of nadeConditions)
      if (equations(output) === equations(nade(output.targetSize, hidden, { order, condition })))
        return {
          kernel: "nade",
          hidden,
          isDownward: order === "high-to-low",
          readsBoth: condition === "both",
        };
  return undefined;
}
