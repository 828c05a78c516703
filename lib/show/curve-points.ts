import type { EpochPoint } from "../train/record.js";
import { cellTitle } from "./colours.js";
import { maxPoints } from "./spec.js";

/** One point of a drawn line: the mean over a cell's seeds at an epoch, and the seeds' range. NLL in nats per step. */
export interface CurvePoint {
  readonly unit: string;
  readonly split: CurveSplit;
  readonly epoch: number;
  readonly seconds: number;
  readonly nll: number;
  readonly low: number;
  readonly high: number;
  /** The lowest validation NLL of its line. */
  readonly best: boolean;
}

export const curveSplits = ["training", "validation"] as const;
type CurveSplit = (typeof curveSplits)[number];

/** A run's curve, and the cell whose line it belongs to. */
export interface CellCurve {
  readonly configuration: { readonly cell: string };
  readonly curve: readonly EpochPoint[];
}

/**
 * The points of all lines: one line per cell and split, several runs of a cell (its seeds) averaged epoch by epoch up to the
 * last epoch that all of them reached, thinned evenly to at most so many points in all.
 */
export function curvePoints(runs: readonly CellCurve[], most = maxPoints): CurvePoint[] {
  const cells = [...new Set(runs.map((run) => run.configuration.cell))];
  const curvesOf = (cell: string) =>
    runs.filter((run) => run.configuration.cell === cell).map((run) => run.curve);
  const lines = cells.flatMap((cell) =>
    curveSplits.map((split) => meanLine(cellTitle(cell), split, curvesOf(cell))),
  );
  return lines.flatMap((line) => thin(line, Math.floor(most / lines.length)));
}

function meanLine(
  unit: string,
  split: CurveSplit,
  curves: readonly (readonly EpochPoint[])[],
): CurvePoint[] {
  const epochs = Math.min(...curves.map((curve) => curve.length));
  const points = Array.from({ length: epochs }, (_, i) => {
    const nlls = curves.map((curve) =>
      split === "training" ? curve[i].trainingNllPerStep : curve[i].valid.nllPerStep,
    );
    const seconds = mean(curves.map((curve) => secondsOf(curve[i])));
    return {
      unit,
      split,
      epoch: curves[0][i].epoch,
      seconds,
      nll: mean(nlls),
      low: Math.min(...nlls),
      high: Math.max(...nlls),
    };
  });
  const lowest = points.reduce((best, { nll }) => Math.min(best, nll), Number.POSITIVE_INFINITY);
  const bestEpoch =
    split === "validation" ? points.find(({ nll }) => nll === lowest)?.epoch : undefined;
  return points.map((point) => ({ ...point, best: point.epoch === bestEpoch }));
}

/** Processor time where a run has it: other work on the machine does not count then. */
const secondsOf = ({ cpuSeconds, seconds }: EpochPoint) => cpuSeconds ?? seconds;

/** At most `most` points, evenly spaced, the first, the last and the best among them. */
function thin(line: readonly CurvePoint[], most: number): CurvePoint[] {
  if (line.length <= most) return [...line];
  const kept = new Set(
    Array.from({ length: most - 1 }, (_, k) => Math.round((k * (line.length - 1)) / (most - 2))),
  );
  return line.filter((point, i) => point.best || kept.has(i));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, v) => sum + v, 0) / values.length;
}
