import {
  type CellOutput,
  type CodeCell,
  type Notebook,
  text,
} from "../../notebooks/tools/format.mts";
import { countPixels, decodePng } from "../show/png.js";

type Display = CellOutput & { output_type: "display_data" };

export function codeCells({ cells }: Notebook): CodeCell[] {
  return cells.filter((cell): cell is CodeCell => cell.cell_type === "code");
}

export function displays(notebook: Notebook): Display[] {
  return codeCells(notebook).flatMap((cell) =>
    cell.outputs.filter((output): output is Display => output.output_type === "display_data"),
  );
}

/** Outputs that hold a living chart. */
export function chartsOf(notebook: Notebook): Display[] {
  return displays(notebook).filter(({ data }) => "application/vnd.vegalite.v5+json" in data);
}

/** How many rows of data a chart holds, in all of its layers and data sets. */
export function pointsOf(spec: unknown): number {
  if (typeof spec !== "object" || spec === null) return 0;
  const isData = (key: string, value: unknown): value is unknown[] =>
    key === "values" && Array.isArray(value) && typeof value[0] === "object";
  return Object.entries(spec).reduce(
    (sum, [key, value]) => sum + (isData(key, value) ? value.length : pointsOf(value)),
    0,
  );
}

/** A text in an output, which a notebook keeps as lines. */
export function shown(value: unknown): string {
  return typeof value === "string" ? value : Array.isArray(value) ? value.join("") : "";
}

/** Whether base64 holds a PNG with something dark on a ground that is mostly white. */
export function isDrawn(base64: unknown): boolean {
  const png = Buffer.from(shown(base64), "base64");
  if (png.length < 100) return false;
  const pixels = decodePng(png);
  const whole = [0, 0, pixels.width, pixels.height] as const;
  const white = countPixels(pixels, whole, (r, g, b) => r + g + b === 3 * 255);
  const dark = countPixels(pixels, whole, (r, g, b) => r + g + b < 300);
  return dark > 500 && white > (pixels.width * pixels.height) / 3;
}

export function proseWords({ cells }: Notebook): number {
  return cells.filter((c) => c.cell_type === "markdown").flatMap((c) => text(c.source).split(/\s+/))
    .length;
}
