import { chartConfig, ink } from "./colours.js";
import {
  curveLayers,
  isBand,
  isSettled,
  rounded,
  unitColour,
  xEncoding,
  yEncoding,
} from "./curve-layers.js";
import { type CellCurve, curvePoints } from "./curve-points.js";
import { fittingLogAxis } from "./log-axis.js";
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
  const color = unitColour(runs.map((run) => run.configuration.cell));
  return {
    $schema: vegaLiteSchema,
    title: chartTitle(runs, options),
    width: 520,
    height: 320,
    data: { values: points.map(rounded) },
    layer: [
      ...curveLayers({ x, y, color }, isBand(points)),
      ...references.map((reference) => rule(reference, y)),
    ],
    config: chartConfig,
  };
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
