import { GatedRnnError } from "../errors.js";
import type { Output } from "../outputs/output.js";

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
export function outputOf<Kind extends Output["kind"]>(
  output: Output,
  kind: Kind,
): Extract<Output, { kind: Kind }> {
  if (output.kind === kind) return output as Extract<Output, { kind: Kind }>;
  const makes = { bernoulli: "music", "gaussian-mixture": "speech" } as const;
  throw new GatedRnnError(
    "usage",
    `sampling: expected a model of ${makes[kind]}, got one of ${makes[output.kind]}`,
  );
}
