import { plain, plainLines } from "../files/plain.js";

/** A chart in vega-lite 5, the version that JupyterLab draws and that loads in a tslab kernel. Plain JSON. */
export interface VegaLiteSpec {
  readonly $schema: typeof vegaLiteSchema;
  readonly title?:
    | string
    | { readonly text: string; readonly subtitle?: string | readonly string[] };
  /** What the picture shows beyond its title and axes, for readers who do not see it. */
  readonly description?: string;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly [property: string]: unknown;
}

export const vegaLiteSchema = "https://vega.github.io/schema/vega-lite/v5.json";

/** The most data points that a chart may hold: enough for the eye, few enough for a notebook that is read and kept in git. */
export const maxPoints = 2000;

/** A chart's title in words, for readers who see no picture. */
export function titleOf({ title }: VegaLiteSpec): string {
  if (title === undefined) return "chart";
  return plain(typeof title === "string" ? title : title.text);
}

/** A chart whose texts (titles, names in its data) are shown and not obeyed, whatever is in them. */
export function shownSpec<Value>(value: Value): Value {
  if (typeof value === "string") return plainLines(value) as Value;
  if (Array.isArray(value)) return value.map(shownSpec) as Value;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, shownSpec(v)])) as Value;
}
