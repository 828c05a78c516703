import type { Cell } from "../cells/cell.js";
import { parameterCount } from "../cells/size.js";
import { cellScale, cellTitle, chartConfig, ink } from "./colours.js";
import { type VegaLiteSpec, vegaLiteSchema } from "./spec.js";

/** What a picture of parameter counts shows. */
export interface SizePictureOptions {
  /** Width of the input x. */
  readonly inputSize: number;
  /** Parameters that the units are to have: a line across. */
  readonly budget: number;
  /** The x axis ends here. */
  readonly hiddenSize: number;
}

/** How many parameters a recurrent layer has by its number of units, and where each cell meets a budget. */
export function sizePicture(
  cells: readonly Cell[],
  { inputSize, budget, hiddenSize }: SizePictureOptions,
): VegaLiteSpec {
  const values = cells.flatMap((cell) =>
    Array.from({ length: Math.min(hiddenSize, 200) }, (_, i) => {
      const size = Math.round(((i + 1) * hiddenSize) / Math.min(hiddenSize, 200));
      return {
        unit: cellTitle(cell.name),
        hiddenSize: size,
        parameters: parameterCount(cell, { inputSize, hiddenSize: size }),
      };
    }),
  );
  return {
    $schema: vegaLiteSchema,
    title: {
      text: "What a unit costs",
      subtitle: `${inputSize} inputs; the line is the budget of ${budget.toLocaleString("en")} parameters`,
    },
    width: 520,
    height: 280,
    data: { values },
    layer: [
      {
        mark: { type: "line", strokeWidth: 2, clip: true },
        encoding: {
          x: { field: "hiddenSize", type: "quantitative", title: "hidden units" },
          y: {
            field: "parameters",
            type: "quantitative",
            title: "parameters of the recurrent layer",
            scale: { domain: [0, 2 * budget] },
          },
          color: {
            field: "unit",
            type: "nominal",
            title: "unit",
            scale: cellScale(cells.map(({ name }) => name)),
          },
        },
      },
      {
        data: { values: [{ budget }] },
        mark: { type: "rule", color: ink, strokeDash: [4, 3] },
        encoding: { y: { field: "budget", type: "quantitative" } },
      },
    ],
    config: chartConfig,
  };
}
