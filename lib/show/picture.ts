import { createRequire } from "node:module";
import { GatedRnnError } from "../errors.js";
import { chartLibrary } from "./chart-library.js";
import { pictureFonts } from "./fonts.js";
import { palettePng } from "./palette-png.js";
import { shownSpec, type VegaLiteSpec } from "./spec.js";
import { textWidth } from "./text-width.js";

/** A picture in pixels of the chart's own coordinates; the PNG holds `scale` times as many each way. */
export interface Png {
  readonly bytes: Buffer;
  /** Points of the chart; the PNG's pixels divided by its scale. */
  readonly width: number;
  /** See `width`. */
  readonly height: number;
}

/**
 * A chart as SVG, without a browser. Loads vega on its first use.
 * @throws GatedRnnError `usage` when vega-lite has to warn of the specification: a chart that it half understands is a wrong chart
 */
export async function toSvg(spec: VegaLiteSpec): Promise<string> {
  const { vega, vegaLite } = chartLibrary();
  // of vega's own, though not in its types: made for programs that measure text themselves
  (vega as unknown as { textMetrics: { width: typeof textWidth } }).textMetrics.width = textWidth;
  const warnings: string[] = [];
  const logger = vega.logger(vega.Warn, undefined, (_method, _level, messages) =>
    warnings.push([...messages].join(" ")),
  );
  const { spec: compiled } = vegaLite.compile(
    shownSpec(spec) as unknown as Parameters<typeof vegaLite.compile>[0],
    { logger },
  );
  const view = new vega.View(vega.parse(compiled), { renderer: "none", logger });
  try {
    const svg = await view.toSVG();
    if (warnings.length > 0)
      throw new GatedRnnError(
        "usage",
        `chart: expected a clean vega-lite specification, got: ${warnings.join("; ")}`,
      );
    return svg;
  } finally {
    view.finalize();
  }
}

/** A chart as PNG, with fonts of its own: text shows on machines that have none. Two pixels a point, for sharp screens. */
export async function toPng(spec: VegaLiteSpec, scale = 2): Promise<Png> {
  return svgToPng(await toSvg(spec), scale);
}

/** Any SVG as PNG, with the same fonts. */
export function svgToPng(svg: string, scale = 2): Png {
  const { Resvg } = native("@resvg/resvg-js") as typeof import("@resvg/resvg-js");
  const image = new Resvg(svg, {
    fitTo: { mode: "zoom", value: scale },
    font: pictureFonts(),
  }).render();
  return {
    bytes: palettePng(image.pixels, image.width, image.height),
    width: Math.round(image.width / scale),
    height: Math.round(image.height / scale),
  };
}

/** Bundlers do not follow it: they know no way with a package that is an addon. */
const native = createRequire(__filename);
