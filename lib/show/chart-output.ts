import { altText } from "./alt-text.js";
import type { Output } from "./notebook-output.js";
import { svgToPng, toPng } from "./picture.js";
import { shownSpec, titleOf, type VegaLiteSpec } from "./spec.js";

/** A chart in its forms, without HTML: JupyterLab would prefer that to the living chart. */
export async function chartOutput(spec: VegaLiteSpec): Promise<Output> {
  const { bytes, width, height } = await toPng(spec);
  return {
    data: { ...liveChartOutput(spec).data, "image/png": bytes.toString("base64") },
    metadata: { "image/png": { width, height, alt: altText(spec) } },
  };
}

/** A chart that is about to change again: without the picture, which takes longer than the chart. */
export function liveChartOutput(spec: VegaLiteSpec): Output {
  return {
    data: {
      "application/vnd.vegalite.v5+json": shownSpec(spec),
      "text/plain": `[chart] ${titleOf(spec)}`,
    },
  };
}

/** A drawing that is no chart: its picture and what it shows, in words. */
export function pictureOutput(svg: string, alt: string): Output {
  const { bytes, width, height } = svgToPng(svg);
  return {
    data: { "image/png": bytes.toString("base64"), "text/plain": `[picture] ${alt}` },
    metadata: { "image/png": { width, height, alt } },
  };
}
