import type { Output } from "./notebook-output.js";
import { toPng } from "./picture.js";
import { titleOf, type VegaLiteSpec } from "./spec.js";

/** A chart in its forms, without HTML: JupyterLab would prefer that to the living chart. */
export async function chartOutput(spec: VegaLiteSpec): Promise<Output> {
  const { bytes, width, height } = await toPng(spec);
  return {
    data: { ...liveChartOutput(spec).data, "image/png": bytes.toString("base64") },
    metadata: { "image/png": { width, height, alt: titleOf(spec) } },
  };
}

/** A chart that is about to change again: without the picture, which takes longer than the chart. */
export function liveChartOutput(spec: VegaLiteSpec): Output {
  return { data: { "application/vnd.vegalite.v5+json": spec, "text/plain": `[chart] ${titleOf(spec)}` } };
}
