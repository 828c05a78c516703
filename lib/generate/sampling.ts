import { GatedRnnError } from "../errors.js";
import type { Output } from "../outputs/index.js";

/** How a new piece is drawn from a model. */
export interface SamplingOptions {
  /** 1 (default) draws from the model's own probabilities; lower is more careful, higher bolder, 0 always takes the likeliest. */
  readonly temperature?: number;
  /** Of everything random (default 1). */
  readonly seed?: number;
}

/** @throws GatedRnnError `usage` for a temperature that is none */
export function checkTemperature(temperature: number): number {
  if (Number.isFinite(temperature) && temperature >= 0) return temperature;
  throw new GatedRnnError(
    "usage",
    `sampling: expected a temperature from 0 on, got ${temperature}`,
  );
}

/** @throws GatedRnnError `usage` when a model makes something else than what is asked of it */
export function checkMakes(output: Output, made: "music" | "speech"): void {
  if ((output.target === "keys") === (made === "music") && output.target !== "index") return;
  const makes = { keys: "music", values: "numbers, as of speech", index: "classes" } as const;
  throw new GatedRnnError(
    "usage",
    `sampling: expected a model of ${made}, got one of ${makes[output.target]}`,
  );
}
