import { short } from "./alt-text.js";
import { chartConfig, ink } from "./colours.js";
import { type VegaLiteSpec, vegaLiteSchema } from "./spec.js";

/** What something takes off a score. */
export interface Gain {
  /** What is compared: a row of bars. */
  readonly way: string;
  /** Where: a panel of its own. */
  readonly data: string;
  /** In nats per step. */
  readonly nats: number;
}

/** Gains as bars, a panel for each data set, all on one scale: what brings much is seen at once. */
export function gainsPicture(gains: readonly Gain[], title: string): VegaLiteSpec {
  const order = (of: "way" | "data") => [...new Set(gains.map((gain) => gain[of]))];
  const inWords = order("data").map((data) => {
    const own = gains.filter((gain) => gain.data === data);
    return `${data}: ${own.map(({ way, nats }) => `${way} ${short(nats)}`).join(", ")}`;
  });
  return {
    $schema: vegaLiteSchema,
    description: inWords.join(". "),
    title: { text: title, subtitle: "nats per step, one scale for all sets" },
    data: { values: gains.map((gain) => ({ ...gain, nats: Number(gain.nats.toFixed(4)) })) },
    facet: { column: { field: "data", type: "nominal", title: null, sort: order("data") } },
    spec: {
      width: 130,
      height: 130,
      mark: { type: "bar", color: ink },
      encoding: {
        x: { field: "nats", type: "quantitative", title: "nats", axis: { tickCount: 4 } },
        y: { field: "way", type: "nominal", title: null, sort: order("way") },
        tooltip: [{ field: "way" }, { field: "data" }, { field: "nats", format: ".3f" }],
      },
    },
    config: chartConfig,
  };
}
