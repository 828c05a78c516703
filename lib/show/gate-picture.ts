import type { Trace } from "../engines/engine.js";
import { GatedRnnError } from "../errors.js";
import { chartConfig } from "./colours.js";
import { maxPoints, type VegaLiteSpec, vegaLiteSchema } from "./spec.js";

export interface GatePictureOptions {
  readonly title?: string;
  /** Steps to show, from the first (default: as many as 2,000 values allow). */
  readonly steps?: number;
  /** What a step is, such as "quarter notes". */
  readonly stepUnit?: string;
  /** Columns in the picture's order by this value's mean, largest first: the same order for gates that are to be compared. */
  readonly sortBy?: string;
}

/**
 * The values of a gate or a state while a piece plays: a column a step, a row a unit. Gates, which lie between 0 and 1, go from white to
 * blue; states, which have a sign, from vermillion over white to blue.
 *
 * @param trace of a batch of ONE sequence
 * @throws GatedRnnError `usage` for a name that the trace does not have
 */
export function gatePicture(
  trace: Trace,
  name: string,
  options: GatePictureOptions = {},
): VegaLiteSpec {
  const values = valuesOf(trace, name);
  const { hiddenSize } = trace;
  const rows = values.length / hiddenSize;
  const steps = Math.min(options.steps ?? rows, rows, Math.floor(maxPoints / hiddenSize));
  const means = unitMeans(valuesOf(trace, options.sortBy ?? name), hiddenSize);
  const order = [...means.keys()].sort((a, b) => means[b] - means[a]);
  const isGate = values.every((v) => v >= 0 && v <= 1);
  const most = values.reduce((a, v) => Math.max(a, Math.abs(v)), 1);
  const cells = Array.from({ length: steps }, (_, t) =>
    order.map((unit, row) => ({
      step: t,
      end: t + 1,
      unit: row,
      above: row + 1,
      value: Number(values[t * hiddenSize + unit].toFixed(3)),
    })),
  ).flat();
  const scale = isGate
    ? { domain: [0, 1], range: ["#ffffff", "#0072b2"], interpolate: "rgb" }
    : { domain: [-most, 0, most], range: ["#d55e00", "#ffffff", "#0072b2"], interpolate: "rgb" };
  return {
    $schema: vegaLiteSchema,
    title: {
      text: options.title ?? name,
      subtitle: `${hiddenSize} units, sorted by the mean of ${options.sortBy ?? name}`,
    },
    width: Math.max(240, Math.min(720, steps * 14)),
    height: Math.min(240, hiddenSize * 5),
    data: { values: cells },
    mark: { type: "rect" },
    encoding: {
      x: {
        field: "step",
        type: "quantitative",
        title: `time (${options.stepUnit ?? "steps"})`,
        scale: { domain: [0, steps], nice: false },
      },
      x2: { field: "end" },
      y: {
        field: "unit",
        type: "quantitative",
        title: "unit",
        scale: { domain: [0, hiddenSize], nice: false, reverse: true },
      },
      y2: { field: "above" },
      color: {
        field: "value",
        type: "quantitative",
        title: isGate ? "gate (0 … 1)" : "value",
        scale,
      },
    },
    config: { ...chartConfig, axis: { ...(chartConfig.axis as object), grid: false } },
  };
}

function valuesOf(trace: Trace, name: string): Float32Array {
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
