import type { EpochPoint } from "gated-rnn/browser";

/** A line of the race: one unit's validation NLL. */
export interface Line {
  readonly title: string;
  /** A colour or a style sheet's variable. */
  readonly colour: string;
  readonly curve: readonly EpochPoint[];
}

/** A level to compare with: a model without a network, or the data's own entropy. */
export interface Level {
  readonly label: string;
  readonly nllPerStep: number;
  readonly isGoal: boolean;
}

export interface CurvesOptions {
  readonly axis: "epoch" | "seconds";
  readonly epochs: number;
  readonly width: number;
  readonly height: number;
}

const margin = { left: 46, right: 74, top: 14, bottom: 34 };

/**
 * The learning curves as an SVG of its own. A page draws them anew at every epoch, which takes well
 * under a millisecond; the charts of the notebooks are vega's, and take a hundred.
 */
export function curvesSvg(
  lines: readonly Line[],
  levels: readonly Level[],
  { axis, epochs, width, height }: CurvesOptions,
): string {
  const x = (point: EpochPoint) => (axis === "epoch" ? point.epoch : point.seconds);
  const drawn = lines.filter(({ curve }) => curve.length > 0);
  const points = drawn.flatMap(({ curve }) => curve);
  const seconds = Math.max(1, ...points.map(({ seconds }) => seconds));
  const right = axis === "epoch" ? Math.max(10, epochsShown(points, epochs)) : seconds;
  const { low, high } = nllRange(points, levels);
  const [w, h] = [width - margin.left - margin.right, height - margin.top - margin.bottom];
  const px = (value: number) => margin.left + (w * value) / right;
  const py = (nll: number) => margin.top + (h * (high - nll)) / (high - low);
  const parts = [
    ...ticks(low, high, 5).map(
      (nll) =>
        `<line x1="${margin.left}" x2="${margin.left + w}" y1="${f(py(nll))}" y2="${f(py(nll))}" stroke="var(--line, #ddd)"/>` +
        `<text x="${margin.left - 8}" y="${f(py(nll) + 4)}" text-anchor="end">${round(nll)}</text>`,
    ),
    ...ticks(0, right, Math.max(3, Math.floor(w / 110))).map(
      (value) =>
        `<text x="${f(px(value))}" y="${height - 18}" text-anchor="middle">${round(value)}</text>`,
    ),
    `<text x="${margin.left + w}" y="${height - 4}" text-anchor="end">${axis === "epoch" ? "epoch" : "training seconds"}</text>`,
    ...levels
      .filter(({ nllPerStep }) => nllPerStep >= low && nllPerStep <= high)
      .map(
        ({ label, nllPerStep, isGoal }) =>
          `<line class="level" x1="${margin.left}" x2="${margin.left + w}" y1="${f(py(nllPerStep))}" y2="${f(py(nllPerStep))}" stroke="${isGoal ? "var(--goal, #1a7f4b)" : "var(--quiet, #666)"}" stroke-dasharray="${isGoal ? "7 4" : "2 4"}" stroke-width="1.5"/>` +
          `<text x="${margin.left + 6}" y="${f(py(nllPerStep) - 5)}" ${isGoal ? 'fill="var(--goal, #1a7f4b)" font-weight="600"' : ""}>${label}</text>`,
      ),
    ...drawn.map(({ colour, curve }) => {
      const path = curve
        .map(
          (point, i) =>
            `${i === 0 ? "M" : "L"}${f(px(x(point)))} ${f(py(clamp(point.valid.nllPerStep, low, high)))}`,
        )
        .join("");
      const last = curve[curve.length - 1];
      const [cx, cy] = [px(x(last)), py(clamp(last.valid.nllPerStep, low, high))];
      return `<path class="curve" d="${path}" fill="none" stroke="${colour}" stroke-width="2.5" stroke-linejoin="round" stroke-linecap="round"/><circle cx="${f(cx)}" cy="${f(cy)}" r="4.5" fill="${colour}" stroke="var(--card, #fff)" stroke-width="1.5"/>`;
    }),
    ...endLabels(drawn, (line) => ({
      x: px(x(line.curve[line.curve.length - 1])),
      y: py(clamp(line.curve[line.curve.length - 1].valid.nllPerStep, low, high)),
    })),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${summary(drawn)}" font-family="Open Sans, Helvetica Neue, Helvetica, Arial, sans-serif" font-size="12" fill="var(--quiet, #555)">${parts.join("\n")}</svg>`;
}

/** The axis grows with the race, and ends where it ends. */
function epochsShown(points: readonly EpochPoint[], epochs: number): number {
  const reached = Math.max(1, ...points.map(({ epoch }) => epoch));
  return Math.min(epochs, reached < 20 ? 20 : Math.ceil((reached * 1.15) / 10) * 10);
}

/** What the curves cross: a diverging start does not flatten the rest. */
function nllRange(points: readonly EpochPoint[], levels: readonly Level[]) {
  const nlls = points.map(({ valid }) => valid.nllPerStep).sort((a, b) => a - b);
  const all = [...levels.map(({ nllPerStep }) => nllPerStep), nlls[0] ?? 10].sort((a, b) => a - b);
  const least = all[0];
  const usual = nlls.length > 0 ? nlls[Math.floor((nlls.length - 1) * 0.97)] : least + 2;
  const top = Math.min(nlls[nlls.length - 1] ?? usual, Math.max(usual, least * 1.35), least * 2.2);
  const most = Math.max(top, ...levels.map((level) => level.nllPerStep));
  const space = 0.06 * (most - least || 1);
  return { low: least - space, high: most + space };
}

function ticks(from: number, to: number, count: number): number[] {
  const rough = (to - from) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((m) => power * m >= rough) ?? 10);
  const found: number[] = [];
  for (let value = Math.ceil(from / step) * step; value <= to + 1e-9; value += step)
    found.push(value);
  return found;
}

/** Names at the lines' ends, moved apart where they would lie on each other. */
function endLabels(
  lines: readonly Line[],
  end: (line: Line) => { readonly x: number; readonly y: number },
): string[] {
  let lowest = Number.NEGATIVE_INFINITY;
  return [...lines]
    .sort((a, b) => end(a).y - end(b).y)
    .map((line) => {
      const { x, y } = end(line);
      const at = Math.max(y, lowest + 15);
      lowest = at;
      return `<text x="${f(x + 10)}" y="${f(at + 4)}" fill="${line.colour}" font-weight="600">${escaped(line.title)}</text>`;
    });
}

function summary(lines: readonly Line[]): string {
  if (lines.length === 0) return "learning curves: nothing is trained yet";
  const said = lines.map(
    ({ title, curve }) =>
      `${escaped(title)} ${curve[curve.length - 1].valid.nllPerStep.toFixed(2)} nats after ${curve.length} epochs`,
  );
  return `learning curves: ${said.join(", ")}`;
}

const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
const clamp = (value: number, least: number, most: number) =>
  Math.min(most, Math.max(least, value));
const f = (value: number) => value.toFixed(1);
const round = (value: number) => String(Number(value.toPrecision(4)));
