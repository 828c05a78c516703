import type { AtlasRow } from "../sweep/atlas-rows.js";
import { variantTitle, verdictOf } from "./atlas-table.js";
import { cellScale, cellTitle, chartConfig } from "./colours.js";
import { paperTable } from "./paper-table.js";
import { type VegaLiteSpec, vegaLiteSchema } from "./spec.js";

/**
 * All variants in one picture: what each loses (right) or wins (left) against its whole unit, with the 95 % interval, a panel for each
 * data set; the grey band is what is too small to matter. Variants in the order of their mean difference.
 */
export function atlasPicture(rows: readonly AtlasRow[], title: string): VegaLiteSpec {
  const values = rows.flatMap((row) => {
    const { comparison, of } = row;
    if (!comparison || of === undefined) return [];
    const { value, low, high } = comparison.difference;
    return {
      ...{ data: dataTitle(row.data), variant: variantTitle(row.cell), unit: cellTitle(of) },
      ...{ value: short(value), low: short(low), high: short(high), verdict: verdictOf(row) },
    };
  });
  const mean = new Map<string, number>();
  for (const { variant } of values) {
    const own = values.filter((v) => v.variant === variant);
    mean.set(variant, own.reduce((sum, v) => sum + v.value, 0) / own.length);
  }
  const order = [...mean.keys()].sort((a, b) => (mean.get(a) ?? 0) - (mean.get(b) ?? 0));
  const y = { field: "variant", type: "nominal", title: null, sort: order };
  const { domain, range } = cellScale(["gru", "lstm"]);
  const color = { field: "unit", type: "nominal", title: "whole unit", scale: { domain, range } };
  return {
    $schema: vegaLiteSchema,
    title: { text: title, subtitle: "test NLL less that of the whole unit, nats per step" },
    data: { values },
    facet: {
      column: {
        field: "data",
        type: "nominal",
        title: null,
        sort: [...new Set(values.map(({ data }) => data))],
      },
    },
    spec: {
      width: 360,
      height: { step: 15 },
      layer: [
        {
          mark: { type: "rect", color: "#ececf0" },
          encoding: { x: { datum: -0.05 }, x2: { datum: 0.05 } },
        },
        { mark: { type: "rule", color: "#888" }, encoding: { x: { datum: 0 } } },
        {
          mark: { type: "rule", strokeWidth: 2 },
          encoding: {
            y,
            color,
            x: { field: "low", type: "quantitative", title: "nats per step" },
            x2: { field: "high" },
          },
        },
        {
          mark: { type: "point", filled: true, size: 50 },
          encoding: {
            y,
            color,
            x: { field: "value", type: "quantitative" },
            tooltip: ["variant", "value", "low", "high", "verdict"].map((field) => ({ field })),
          },
        },
      ],
    },
    config: chartConfig,
  };
}

const short = (value: number) => Number(value.toFixed(4));

const dataTitle = (data: string) => paperTable.find((row) => row.data === data)?.title ?? data;
