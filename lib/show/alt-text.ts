import { titleOf, type VegaLiteSpec } from "./spec.js";

type Plain = Readonly<Record<string, unknown>>;

/**
 * What a chart shows, for readers who do not see it: its title and subtitle, what its axes are, what
 * its maker says of it, and of each series where it begins and ends along x.
 */
export function altText(spec: VegaLiteSpec): string {
  const { title } = spec;
  const subtitle = typeof title === "object" ? [title.subtitle ?? []].flat().join(" ") : "";
  const axes = [...new Set(encodings(spec).flatMap(axisTitles))];
  const series = "concat" in spec ? [] : seriesOf(spec); // of several panels its maker says more
  return [titleOf(spec), subtitle, axes.join(", "), spec.description ?? "", ...series]
    .filter((part) => part !== "")
    .map((part) => part.replace(/[.\s]*$/, "."))
    .join(" ");
}

/** Every encoding in the chart, of all its layers, facets and panels. */
function encodings(node: unknown): Plain[] {
  if (typeof node !== "object" || node === null) return [];
  if (Array.isArray(node)) return node.flatMap(encodings);
  const { encoding, data: _, config: __, ...rest } = node as Plain;
  const own = typeof encoding === "object" && encoding !== null ? [encoding as Plain] : [];
  return [...own, ...Object.values(rest).flatMap(encodings)];
}

function axisTitles(encoding: Plain): string[] {
  return ["x", "y"].flatMap((axis) => {
    const { title } = (encoding[axis] ?? {}) as { readonly title?: unknown };
    return typeof title === "string" && title !== "" ? [`${axis}: ${title}`] : [];
  });
}

/** "GRU: 12.1 to 8.4": the values at the least and the greatest x, by colour and dash. */
function seriesOf(spec: VegaLiteSpec): string[] {
  const values = (spec.data as { readonly values?: unknown } | undefined)?.values;
  const encoding = encodings(spec).find(
    ({ x, y, color }) => fieldOf(x) && fieldOf(y) && fieldOf(color),
  );
  if (!Array.isArray(values) || !encoding) return [];
  const [x, y, color] = [encoding.x, encoding.y, encoding.color].map(fieldOf) as string[];
  const dash = encodings(spec)
    .map((e) => fieldOf(e.strokeDash))
    .find((field) => field !== undefined);
  const groups = new Map<string, Plain[]>();
  for (const row of values as Plain[]) {
    if (typeof row[x] !== "number" || typeof row[y] !== "number") continue;
    const name = [row[color], dash === undefined ? undefined : row[dash]]
      .filter((part) => part !== undefined)
      .join(", ");
    groups.set(name, [...(groups.get(name) ?? []), row]);
  }
  const isContinuous = (rows: Plain[]) => new Set(rows.map((row) => row[x])).size > 1;
  if (groups.size === 0 || groups.size > 12 || ![...groups.values()].every(isContinuous)) return [];
  return [...groups].map(([name, rows]) => {
    const sorted = [...rows].sort((a, b) => (a[x] as number) - (b[x] as number));
    const ends = [sorted[0], sorted[sorted.length - 1]].map((row) => short(row[y] as number));
    return `${name}: ${ends.join(" to ")}`;
  });
}

const fieldOf = (channel: unknown) =>
  (channel as { readonly field?: string } | null | undefined)?.field;

/** A number as alt texts have it: three digits, and a true minus. */
export const short = (value: number) => String(Number(value.toPrecision(3))).replace("-", "−");
