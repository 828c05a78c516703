import { createRequire } from "node:module";
import { pictureFonts } from "./fonts.js";

/** Bundlers do not follow it: they know no way with a package that is an addon. */
const native = createRequire(__filename);

/** What of one of vega's text marks its width depends on. */
export interface TextMark {
  readonly fontSize?: number;
  readonly fontWeight?: number | string;
  /** The greatest width, in points: longer text is cut. */
  readonly limit?: number;
}

const measuredSize = 100;
const known = new Map<string, number>();

/**
 * How wide a text is in the font of the pictures, in points. Without a browser vega guesses 0.8 of the
 * letters' height for each, which leaves wide margins, and pictures unlike what a browser draws.
 */
export function textWidth(
  { fontSize = 11, fontWeight = 400, limit = 0 }: TextMark,
  text: unknown,
): number {
  const words = text === null || text === undefined ? "" : String(text).trim();
  const width = (fontSize / measuredSize) * measured(words, weightOf(fontWeight));
  return limit > 0 ? Math.min(limit, width) : width;
}

const weightOf = (weight: number | string) =>
  weight === "bold" || Number(weight) >= 600 ? 600 : 400;

function measured(words: string, weight: number): number {
  if (words === "") return 0;
  const key = `${weight} ${words}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const { Resvg } = native("@resvg/resvg-js") as typeof import("@resvg/resvg-js");
  const text = words.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"><text y="${measuredSize}" font-size="${measuredSize}" font-family="Open Sans" font-weight="${weight}">${text}</text></svg>`;
  const width = new Resvg(svg, { font: pictureFonts() }).getBBox()?.width ?? 0;
  known.set(key, width);
  return width;
}
