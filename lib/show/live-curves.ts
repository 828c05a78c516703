import type { Point, SweepStatus } from "../sweep/status.js";
import { cellScale, cellTitle } from "./colours.js";
import { fittingLogAxis } from "./log-axis.js";
import { escapeHtml } from "./table.js";

/** A curve of a live chart: the best finished run of a cell, or a run in progress. */
interface Curve {
  readonly cell: string;
  readonly points: readonly Point[];
  readonly isLive: boolean;
}

/** Numbers beyond these are no epoch and no NLL, and no axis has room for them. */
const isDrawable = ([epoch, , , valid]: Point) =>
  epoch >= 0 && epoch < 1e9 && Math.abs(valid) < 1e9 && (valid === 0 || Math.abs(valid) > 1e-9);

const size = { width: 520, height: 300, left: 46, right: 12, top: 10, bottom: 38 };

/**
 * Validation NLL by epoch on one data set, as SVG: for every cell its best finished run (thick) and the runs in progress (thin). Drawn
 * every second while a sweep trains: by hand, since a charting library would take the processor from the runs.
 */
export function liveCurves(status: SweepStatus, data: string): string {
  const curves: Curve[] = [
    ...status.groups.flatMap(({ cell, best, ...group }) =>
      group.data === data && best ? [{ cell, points: best.curve, isLive: false }] : [],
    ),
    ...status.active.flatMap(({ cell, progress, ...run }) =>
      run.data === data && progress ? [{ cell, points: progress.curve, isLive: true }] : [],
    ),
  ]
    .map((curve) => ({ ...curve, points: curve.points.filter(isDrawable) }))
    .filter(({ points }) => points.length > 0);
  const axis = fittingLogAxis(curves.flatMap(({ points }) => points.map(([, , , valid]) => valid)));
  const epochs = curves.reduce((most, { points }) => Math.max(most, points.at(-1)?.[0] ?? 0), 10);
  const scale = axis.type === "log" ? Math.log : (v: number) => v;
  const [low, high] = axis.domain.map(scale);
  const { width, height, left, right, top, bottom } = size;
  const x = (epoch: number) => (left + ((width - left - right) * epoch) / epochs).toFixed(1);
  const y = (nll: number) =>
    (top + ((height - top - bottom) * (high - scale(nll))) / (high - low)).toFixed(1);
  const { domain, range } = cellScale(status.groups.map(({ cell }) => cell));
  const colour = (cell: string) => range[domain.indexOf(cellTitle(cell))];
  const line = ({ cell, points, isLive }: Curve) =>
    `<polyline fill="none" stroke="${colour(cell)}" stroke-width="${isLive ? 1 : 2.2}" points="${points.map(([epoch, , , valid]) => `${x(epoch)},${y(valid)}`).join(" ")}"/>`;
  const tick = (nll: number) =>
    `<line x1="${left}" x2="${width - right}" y1="${y(nll)}" y2="${y(nll)}" stroke="#e4e4e8"/><text x="${left - 6}" y="${y(nll)}" dy="0.35em" text-anchor="end">${nll}</text>`;
  const steps = Array.from({ length: 6 }, (_, i) => Math.round((epochs * i) / 5));
  const legend = domain.map(
    (title, i) =>
      `<text x="${width - right - 6}" y="${top + 16 + 15 * i}" text-anchor="end" fill="${range[i]}" font-weight="600">${escapeHtml(title)}</text>`,
  );
  return [
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="validation NLL by epoch on ${escapeHtml(data)}" font-size="11" fill="#333">`,
    ...axis.ticks.map(tick),
    ...steps.map(
      (epoch) =>
        `<text x="${x(epoch)}" y="${height - bottom + 15}" text-anchor="middle">${epoch}</text>`,
    ),
    `<text x="${(width + left) / 2}" y="${height - 6}" text-anchor="middle">epoch; validation NLL in nats per step${axis.type === "log" ? ", log scale" : ""}</text>`,
    ...curves.map(line),
    ...legend,
    "</svg>",
  ].join("\n");
}
