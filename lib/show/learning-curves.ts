import { cellScale, chartConfig, ink } from "./colours.js";
import { type CellCurve, type CurvePoint, curvePoints, curveSplits } from "./curve-points.js";
import { type Axis, fittingLogAxis } from "./log-axis.js";
import { dataTitle, provenance, type Sourced } from "./provenance.js";
import { type VegaLiteSpec, vegaLiteSchema } from "./spec.js";

/** What a learning curve is drawn from: a run's record, or the points so far of a run that still trains. */
export type CurveSource = CellCurve & Sourced;

/** A horizontal line to compare with, such as a baseline's NLL on the validation split. */
export interface Reference {
  readonly label: string;
  /** nats */
  readonly nllPerStep: number;
}

/** What learning curves show. */
export interface LearningCurvesOptions {
  /** "epoch": passes over the training split; "seconds": processor time where the runs have it, else wall-clock time. The two panels of the paper's figures. */
  readonly x: "epoch" | "seconds";
  readonly title?: string;
  readonly references?: readonly Reference[];
  /** Where the x axis ends; default: with the curves. A live chart keeps its axis still by it. */
  readonly xEnd?: number;
}

/**
 * Learning curves as in figures 2 and 3 of Chung et al. 2014: NLL in nats per step on a logarithmic axis, for every cell on
 * training (dashed; with weight noise, as training saw it) and validation (solid, a dot at its best). Several runs of a cell
 * (its seeds) become one line, their mean, in a band from the lowest to the highest. At most 2,000 points. The axis fits all but
 * the first epoch's training mean, which begins at chance and would press everything else together: its line comes in from above.
 */
export function learningCurves(
  runs: readonly CurveSource[],
  options: LearningCurvesOptions,
): VegaLiteSpec {
  const { references = [] } = options;
  const points = curvePoints(runs);
  const axis = fittingLogAxis([
    ...points.filter(isSettled).flatMap((p) => [p.low, p.high]),
    ...references.map((r) => r.nllPerStep),
  ]);
  const isProcessorTime =
    points.length > 0 &&
    runs.every(({ curve }) => curve.every(({ cpuSeconds }) => cpuSeconds !== undefined));
  const x = xEncoding(points.length > 0 ? options : { xEnd: 1, ...options }, isProcessorTime);
  const y = yEncoding(axis);
  const color = {
    field: "unit",
    type: "nominal",
    title: "unit",
    scale: cellScale(runs.map((run) => run.configuration.cell)),
    legend: { symbolType: "stroke", symbolOpacity: 1 },
  };
  const strokeDash = {
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
    mark: { type: "line", strokeWidth: 1.8, clip: true },
    encoding: { x, y, color, strokeDash },
  };
  const best = {
    transform: [{ filter: "datum.best" }],
    mark: { type: "point", filled: true, size: 50, opacity: 1 },
    encoding: { x, y, color, tooltip: tooltip() },
  };
  return {
    $schema: vegaLiteSchema,
    title: chartTitle(runs, options),
    width: 520,
    height: 320,
    data: { values: points.map(rounded) },
    layer: [
      ...(isBand(points) ? [band] : []),
      lines,
      best,
      ...references.map((reference) => rule(reference, y)),
    ],
    config: chartConfig,
  };
}

function xEncoding(
  { x, xEnd }: LearningCurvesOptions,
  isProcessorTime: boolean,
): Readonly<Record<string, unknown>> {
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

function yEncoding({ type, domain, ticks }: Axis): Readonly<Record<string, unknown>> {
  return {
    field: "nll",
    type: "quantitative",
    stack: null,
    title: type === "log" ? "NLL (nats per step, log scale)" : "NLL (nats per step)",
    scale: { type, domain, nice: false, ...(type === "log" ? {} : { zero: false }) },
    axis: { values: ticks, format: "~r" },
  };
}

function tooltip(): readonly Readonly<Record<string, unknown>>[] {
  return [
    { field: "unit" },
    { field: "epoch", title: "best epoch" },
    { field: "seconds", format: ".1f" },
    { field: "nll", title: "validation NLL (nats per step)", format: ".3f" },
  ];
}

function rule(
  { label, nllPerStep }: Reference,
  y: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return {
    data: { values: [{ label, nll: nllPerStep }] },
    encoding: { y },
    layer: [
      { mark: { type: "rule", color: ink, strokeDash: [1, 3], strokeWidth: 1.2 } },
      {
        mark: {
          type: "text",
          align: "right",
          baseline: "bottom",
          dy: -3,
          color: ink,
          fontSize: 11,
        },
        encoding: { x: { value: "width" }, text: { field: "label" } },
      },
    ],
  };
}

function chartTitle(
  runs: readonly CurveSource[],
  { title }: LearningCurvesOptions,
): { text: string; subtitle?: string } {
  const titles = [...new Set(runs.flatMap(({ data }) => (data ? [dataTitle(data)] : [])))];
  const text = title ?? ["Learning curves", ...titles].join(": ");
  const subtitle = provenance(runs);
  return subtitle === "" ? { text } : { text, subtitle };
}

function isBand(points: readonly CurvePoint[]): boolean {
  return points.some(({ low, high }) => low !== high);
}

function isSettled({ split, epoch }: CurvePoint): boolean {
  return split === "validation" || epoch > 1;
}

/** A point as the chart keeps it: no digit that nobody can see, no range where there is one seed, no mark where it is not best. */
function rounded({
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
