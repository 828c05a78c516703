import { cellScale } from "./colours.js";
import { type CurvePoint, curveSplits } from "./curve-points.js";
import type { Axis } from "./log-axis.js";

type Plain = Readonly<Record<string, unknown>>;

/** How learning curves lie on their axes. */
export interface CurveEncodings {
  readonly x: Plain;
  readonly y: Plain;
  readonly color: Plain;
}

/** The band of the seeds, the lines of both splits, and a dot at the best validation epoch. */
export function curveLayers({ x, y, color }: CurveEncodings, withBand: boolean): Plain[] {
  const band = {
    transform: [{ filter: "isValid(datum.low)" }],
    mark: { type: "area", opacity: 0.15, clip: true },
    encoding: {
      x,
      y: { ...y, field: "low" },
      y2: { field: "high" },
      color,
      detail: { field: "split" },
    },
  };
  const lines = {
    transform: [{ filter: "isValid(datum.nll)" }],
    mark: { type: "line", strokeWidth: 1.8, clip: true },
    encoding: { x, y, color, strokeDash: splitDash },
  };
  const best = {
    transform: [{ filter: "datum.best" }],
    mark: { type: "point", filled: true, size: 50, opacity: 1 },
    encoding: { x, y, color, tooltip: tooltip() },
  };
  return [...(withBand ? [band] : []), lines, best];
}

/** Training is dashed, validation solid. */
export const splitDash: Plain = {
  field: "split",
  type: "nominal",
  title: "split",
  scale: {
    domain: curveSplits,
    range: [
      [3, 3],
      [1, 0],
    ],
  },
};

export const unitColour = (cells: readonly string[]): Plain => ({
  field: "unit",
  type: "nominal",
  title: "unit",
  scale: cellScale(cells),
  legend: { symbolType: "stroke", symbolOpacity: 1 },
});

export function xEncoding(
  { x, xEnd }: { readonly x: "epoch" | "seconds"; readonly xEnd?: number },
  isProcessorTime: boolean,
): Plain {
  return {
    field: x,
    type: "quantitative",
    stack: null, // some versions of vega-lite would stack the band along x
    title:
      x === "epoch"
        ? "epoch (passes over the training split)"
        : `${isProcessorTime ? "processor" : "wall-clock"} time (seconds)`,
    scale: { zero: true, nice: false, ...(xEnd === undefined ? {} : { domain: [0, xEnd] }) },
    axis: {
      grid: false,
      format: x === "epoch" ? "d" : "~r",
      ...(x === "epoch" ? { tickMinStep: 1 } : {}),
    },
  };
}

export function yEncoding({ type, domain, ticks }: Axis): Plain {
  return {
    field: "nll",
    type: "quantitative",
    stack: null,
    title: type === "log" ? "NLL (nats per step, log scale)" : "NLL (nats per step)",
    scale: { type, domain, nice: false, ...(type === "log" ? {} : { zero: false }) },
    axis: { values: ticks, format: "~r" },
  };
}

function tooltip(): readonly Plain[] {
  return [
    { field: "unit" },
    { field: "epoch", title: "best epoch" },
    { field: "seconds", format: ".1f" },
    { field: "nll", title: "validation NLL (nats per step)", format: ".3f" },
  ];
}

export function isBand(points: readonly CurvePoint[]): boolean {
  return points.some(({ low, high }) => low !== high);
}

/** The training mean of the first epoch begins at chance: an axis that held it would press everything else together. */
export function isSettled({ split, epoch }: CurvePoint): boolean {
  return split === "validation" || epoch > 1;
}

/** A point as the chart keeps it: no digit that nobody can see, no range where there is one seed, no mark where it is not best. */
export function rounded({
  unit,
  split,
  epoch,
  seconds,
  nll,
  low,
  high,
  best,
}: CurvePoint): Readonly<Record<string, string | number | boolean>> {
  const digits = (value: number) => Number(value.toPrecision(6));
  const range = low === high ? {} : { low: digits(low), high: digits(high) };
  return {
    unit,
    split,
    epoch,
    seconds: digits(seconds),
    nll: digits(nll),
    ...range,
    ...(best ? { best } : {}),
  };
}
