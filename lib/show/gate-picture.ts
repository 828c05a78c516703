import type { Trace } from "../engines/engine.js";
import { GatedRnnError } from "../errors.js";
import { short } from "./alt-text.js";
import { chartConfig } from "./colours.js";
import { heatMapLayers } from "./heat-map.js";
import { type VegaLiteSpec, vegaLiteSchema } from "./spec.js";

/** What a picture of gates shows. */
export interface GatePictureOptions {
  readonly title?: string;
  /** Steps to show, from the first. Default: all of them. */
  readonly steps?: number;
  /** What a step is, such as "quarter notes". */
  readonly stepUnit?: string;
  /** Columns in the picture's order by this value's mean, largest first: the same order for gates that are to be compared. */
  readonly sortBy?: string;
}

/**
 * The values of a gate or a state while a piece plays, the whole piece: a column a step, a row a
 * unit. Gates, which lie between 0 and 1, go from white to blue; states, which have a sign, from
 * vermillion over white to blue.
 *
 * @param trace of a batch of ONE sequence
 * @throws GatedRnnError `usage` for a name that the trace does not have
 */
export function gatePicture(
  trace: Trace,
  name: string,
  options: GatePictureOptions = {},
): VegaLiteSpec {
  const { hiddenSize } = trace;
  const all = traceValues(trace, name);
  const steps = Math.min(options.steps ?? Number.POSITIVE_INFINITY, all.length / hiddenSize);
  const order = unitOrder(trace, options.sortBy ?? name);
  const [width, height] = [Math.max(240, Math.min(680, steps * 14)), Math.min(240, hiddenSize * 5)];
  const shown = all.subarray(0, steps * hiddenSize);
  return {
    $schema: vegaLiteSchema,
    description: levels(`${name} of all units`, shown),
    title: {
      text: options.title ?? name,
      subtitle: `${hiddenSize} units, sorted by the mean of ${options.sortBy ?? name}`,
    },
    width,
    height,
    layer: heatMapLayers({
      values: inOrder(shown, order),
      units: hiddenSize,
      width,
      height,
      timeTitle: `time (${options.stepUnit ?? "steps"})`,
      unitTitle: "unit",
    }),
    config: { ...chartConfig, axis: { ...(chartConfig.axis as object), grid: false } },
  };
}

/** In words, of values that a picture shows by colours: "z of all units: 0.02 to 1, 0.89 on average". */
export function levels(what: string, values: ArrayLike<number>): string {
  const all = Array.from(values);
  const [least, most] = [
    all.reduce((a, b) => Math.min(a, b)),
    all.reduce((a, b) => Math.max(a, b)),
  ];
  const average = all.reduce((a, b) => a + b, 0) / all.length;
  const words = [least, most, average].map((value) => short(Number(value.toFixed(2))));
  return `${what}: ${words[0]} to ${words[1]}, ${words[2]} on average`;
}

/** Units by the mean of a gate or state over the trace, largest first. */
export function unitOrder(trace: Trace, name: string): number[] {
  const means = unitMeans(traceValues(trace, name), trace.hiddenSize);
  return [...means.keys()].sort((a, b) => means[b] - means[a]);
}

/** [steps, units] with each step's values in another order of the units. */
export function inOrder(values: Float32Array, order: readonly number[]): Float32Array {
  const units = order.length;
  return values.map((_, i) => values[i - (i % units) + order[i % units]]);
}

/** @throws GatedRnnError `usage` for a name that the trace does not have */
export function traceValues(trace: Trace, name: string): Float32Array {
  const values = trace.values.get(name);
  if (!values)
    throw new GatedRnnError(
      "usage",
      `trace: expected one of ${[...trace.values.keys()].join(", ")}, got ${name}`,
    );
  return values;
}

function unitMeans(values: Float32Array, hiddenSize: number): number[] {
  const sums = new Array<number>(hiddenSize).fill(0);
  values.forEach((v, i) => {
    sums[i % hiddenSize] += v;
  });
  return sums.map((sum) => sum / (values.length / hiddenSize));
}
