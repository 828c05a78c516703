import { cellTitle, chartConfig } from "./colours.js";
import {
  curveLayers,
  isBand,
  isSettled,
  rounded,
  splitDash,
  unitColour,
  xEncoding,
  yEncoding,
} from "./curve-layers.js";
import { type CurvePoint, curvePoints } from "./curve-points.js";
import type { CurveSource } from "./learning-curves.js";
import { fittingLogAxis } from "./log-axis.js";
import { paperNll, paperTable } from "./paper-table.js";
import { provenance } from "./provenance.js";
import { maxPoints, type VegaLiteSpec, vegaLiteSchema } from "./spec.js";

/** One column of panels: runs of some units on one data set by one protocol. */
export interface CurveColumn {
  /** "(a) Nottingham" */
  readonly title: string;
  readonly runs: readonly CurveSource[];
}

/** A line across a panel: what the paper's table 2 has for a unit. */
interface PaperLine {
  readonly panel: number;
  readonly unit: string;
  readonly split: "training" | "validation";
  readonly paper: number;
}

/**
 * Figures 2 and 3 of Chung et al. 2014, panel by panel: a column for each data set (or protocol),
 * above NLL against iterations, below against time, on a logarithmic axis (linear where a density's
 * NLL is negative); every unit on training (dashed) and validation (solid), the mean over its seeds
 * in their range. Thin lines across are the paper's final values of each unit, train dashed, test
 * solid, on music; the level of its speech cannot be compared. At most 2,000 points in all.
 */
export function curvePanels(
  columns: readonly CurveColumn[],
  { title }: { readonly title: string },
): VegaLiteSpec {
  const drawn = columns.map(({ runs }) =>
    curvePoints(runs, Math.floor(maxPoints / columns.length) - 6),
  );
  const lines = columns.flatMap(({ runs }, panel) => paperLines(runs, panel));
  const all = columns.flatMap(({ runs }) => runs);
  const panels = (["epoch", "seconds"] as const).flatMap((x) =>
    columns.map((column, panel) =>
      onePanel(
        column,
        x,
        panel,
        drawn[panel],
        lines.filter((line) => line.panel === panel),
        all,
      ),
    ),
  );
  const comparable = lines.length > 0;
  return {
    $schema: vegaLiteSchema,
    title: {
      text: title,
      subtitle: [
        `above: iterations, below: time${comparable ? "; thin lines across: the paper's final values (dashed: train, solid: test)" : "; the paper's level of speech cannot be compared, so no line stands for it"}`,
        provenance(all).replace(/ · commit.*/, ""),
      ],
    },
    description: columns.map((column, k) => inWords(column, drawn[k])).join(" "),
    data: {
      values: [
        ...drawn.flatMap((points, panel) => points.map((p) => ({ panel, ...rounded(p) }))),
        ...lines,
      ],
    },
    concat: panels,
    columns: columns.length,
    bounds: "flush", // a line that comes in from above is clipped, and must not push the panels apart
    spacing: 80,
    resolve: {
      scale: { x: "independent", y: "independent", color: "shared", strokeDash: "shared" },
    },
    config: chartConfig,
  };
}

function onePanel(
  { title, runs }: CurveColumn,
  x: "epoch" | "seconds",
  panel: number,
  points: readonly CurvePoint[],
  lines: readonly PaperLine[],
  all: readonly CurveSource[],
) {
  const isProcessorTime = runs.every(({ curve }) =>
    curve.every(({ cpuSeconds }) => cpuSeconds !== undefined),
  );
  const y = yEncoding(
    fittingLogAxis([
      ...points.filter(isSettled).flatMap((p) => [p.low, p.high]),
      ...lines.map(({ paper }) => paper),
    ]),
  );
  const color = unitColour(all.map((run) => run.configuration.cell));
  const across = {
    transform: [{ filter: "isValid(datum.paper)" }],
    mark: { type: "rule", strokeWidth: 1, opacity: 0.6 },
    encoding: { y: { ...y, field: "paper" }, color, strokeDash: splitDash },
  };
  return {
    ...(x === "epoch" ? { title: { text: title, fontSize: 12, offset: 6 } } : {}),
    width: 300,
    height: 240,
    transform: [{ filter: `datum.panel === ${panel}` }],
    layer: [
      ...curveLayers({ x: xEncoding({ x }, isProcessorTime), y, color }, isBand(points)),
      ...(lines.length > 0 ? [across] : []),
    ],
  };
}

function paperLines(runs: readonly CurveSource[], panel: number): PaperLine[] {
  const cells = [...new Set(runs.map((run) => run.configuration.cell))];
  const data = runs[0]?.data?.name ?? "";
  if (paperTable.find((row) => row.data === data)?.kind !== "music") return [];
  return cells.flatMap((cell) => {
    const paper = paperNll(data, cell);
    const unit = cellTitle(cell);
    return paper
      ? [
          { panel, unit, split: "training", paper: paper.train },
          { panel, unit, split: "validation", paper: paper.test },
        ]
      : [];
  });
}

/** "(a) Nottingham: validation: tanh 6.10 to 3.70, GRU 5.80 to 3.60." */
function inWords({ title }: CurveColumn, points: readonly CurvePoint[]): string {
  const valid = points.filter(({ split }) => split === "validation");
  const units = [...new Set(valid.map(({ unit }) => unit))].map((unit) => {
    const line = valid.filter((p) => p.unit === unit);
    const ends = [line[0], line[line.length - 1]].map(({ nll }) => nll.toFixed(2));
    return `${unit} ${ends.join(" to ").replaceAll("-", "−")}`;
  });
  return `${title}, validation NLL: ${units.join(", ")}.`;
}
