import type { VegaLiteSpec } from "./spec.js";

/** Charts wider than this are drawn anew for narrow screens, with letters of the same size. */
const mostWidth = 290;
const lettersInLine = 44;

/**
 * A chart for a phone: no part wider than 290 points, facets two beside each other, panels of
 * their own below each other, legends below instead of beside, titles in several lines. The letters keep their size, so that they can be read.
 */
export function narrowChart(spec: VegaLiteSpec): VegaLiteSpec {
  const { title, config = {} } = spec;
  const legend = { ...(config.legend as object), orient: "bottom", columns: 2 };
  const narrow = narrowed(spec) as VegaLiteSpec;
  const { column } = (spec.facet ?? {}) as { readonly column?: unknown };
  return {
    ...narrow,
    ...(column === undefined ? {} : { facet: column, columns: 2 }),
    ...(title === undefined ? {} : { title: wrapped(title) as VegaLiteSpec["title"] & object }),
    config: { ...config, padding: 4, legend },
  };
}

function narrowed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(narrowed);
  if (typeof node !== "object" || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => {
      if (key === "data" || key === "config" || key === "encoding") return [key, value];
      if (key === "columns" && "concat" in node) return [key, 1];
      if (key === "width" && typeof value === "number") return [key, Math.min(value, mostWidth)];
      return [key, narrowed(value)];
    }),
  );
}

function wrapped(title: NonNullable<VegaLiteSpec["title"]>): unknown {
  if (typeof title === "string") return { text: linesOf(title) };
  const { text, subtitle } = title;
  const below = subtitle === undefined ? [] : [subtitle].flat().flatMap(linesOf);
  return { text: linesOf(text), ...(below.length > 0 ? { subtitle: below } : {}) };
}

function linesOf(text: string): string[] {
  return text.split(" ").reduce<string[]>((lines, word) => {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= lettersInLine)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
    return lines;
  }, []);
}
