import { readFileSync } from "node:fs";
import { join } from "node:path";
import { compileFunction } from "node:vm";
import type * as Vega from "vega" with { "resolution-mode": "import" };
import type * as VegaLite from "vega-lite" with { "resolution-mode": "import" };
import { packageFolder } from "../files/package-folder.js";

/** The chart library's scripts, each after those that it needs. */
export const chartScripts = ["vega", "vega-lite", "vega-embed"] as const;
type ChartScript = (typeof chartScripts)[number];

interface ChartLibrary {
  readonly vega: typeof Vega;
  readonly vegaLite: typeof VegaLite;
}

let loaded: ChartLibrary | undefined;

/**
 * The chart library. Its packages hold 40 MB, of which a chart needs three scripts of 0.8 MB in all: the build step lays those into
 * dist/charts (build-charts.mjs), and the packages are not installed with this one.
 */
export function chartLibrary(): ChartLibrary {
  if (loaded) return loaded;
  const vega = run("vega", {}) as typeof Vega;
  loaded = { vega, vegaLite: run("vega-lite", { vega }) as typeof VegaLite };
  return loaded;
}

/** A script's source, as pages hold it. */
export function chartScript(name: ChartScript): string {
  return readFileSync(fileOf(name), "utf8");
}

const fileOf = (name: ChartScript) => join(packageFolder(), "dist", "charts", `${name}.min.js`);

/** What a script exports, as CommonJS; it asks for others by name. */
function run(name: ChartScript, others: Readonly<Record<string, unknown>>): unknown {
  const exports = {};
  const parameters = ["exports", "module", "require"];
  const script = compileFunction(chartScript(name), parameters, { filename: fileOf(name) });
  script(exports, { exports }, (other: string) => others[other]);
  return exports;
}
