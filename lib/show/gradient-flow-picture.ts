import { cellScale, cellTitle, chartConfig } from "./colours.js";
import { type VegaLiteSpec, vegaLiteSchema } from "./spec.js";

/** What `gradientFlow` returns, of a cell at a moment of its life. */
export interface Flow {
  readonly cell: string;
  /** Such as "before training" and "after training": told apart by dashes. */
  readonly when: string;
  /** [lags + 1] share of the gradient's norm that is left k steps back. */
  readonly shares: ArrayLike<number>;
}

/** How much of a step's gradient is left some steps back, on a logarithmic axis: a straight line is a decay by the same factor each step. */
export function gradientFlowPicture(
  flows: readonly Flow[],
  title = "How far back a gradient reaches",
): VegaLiteSpec {
  const whens = [...new Set(flows.map(({ when }) => when))];
  const values = flows.flatMap(({ cell, when, shares }) =>
    Array.from(shares, (share, lag) => ({
      unit: cellTitle(cell),
      when,
      lag,
      share: Number(Math.max(share, 1e-12).toPrecision(4)),
    })),
  );
  const dashes = [
    [4, 3],
    [1, 0],
    [1, 2],
    [6, 2, 1, 2],
  ];
  return {
    $schema: vegaLiteSchema,
    title: {
      text: title,
      subtitle:
        "norm of the gradient of a step's loss by all states k steps before, as a share of that at k = 0",
    },
    width: 560,
    height: 300,
    data: { values },
    mark: { type: "line", strokeWidth: 2 },
    encoding: {
      x: { field: "lag", type: "quantitative", title: "steps back, k", axis: { tickMinStep: 1 } },
      y: {
        field: "share",
        type: "quantitative",
        title: "share of the gradient's norm (log scale)",
        scale: { type: "log" },
        axis: { format: "~%", tickCount: 6 },
      },
      color: {
        field: "unit",
        type: "nominal",
        title: "unit",
        scale: cellScale(flows.map(({ cell }) => cell)),
      },
      strokeDash: {
        field: "when",
        type: "nominal",
        title: "",
        sort: whens,
        scale: { domain: whens, range: dashes.slice(0, whens.length) },
      },
    },
    config: chartConfig,
  };
}
