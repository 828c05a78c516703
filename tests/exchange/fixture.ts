import { readFileSync } from "node:fs";
import { stream } from "../../lib/engines/index.js";
import type { Model } from "../../lib/model/model.js";
import type { TrainingState } from "../../lib/model/state.js";
import type { Tensor } from "../../lib/train/safetensors.js";
import { relativeError } from "../oracle/examples.js";

/** A model of another library: its weights by name, and what it answers to the fixture's input. */
export interface Theirs {
  readonly cell: string;
  readonly layers: number;
  readonly state: Readonly<Record<string, { shape: number[]; values: number[] }>>;
  /** [time][readout size] */
  readonly readout: number[][];
}

export interface Fixture {
  /** [time][input size] */
  readonly input: number[][];
  readonly models: Theirs[];
}

export function fixture(name: string): Fixture {
  return JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), "utf8"));
}

export function tensorsOf({ state }: Theirs): Map<string, Tensor> {
  const entries = Object.entries(state);
  return new Map(
    entries.map(([name, { shape, values }]) => [
      name,
      { shape, values: Float32Array.from(values) },
    ]),
  );
}

/** How far our engine's answers are from theirs. */
export async function distance(
  trained: { readonly model: Model; readonly parameters: TrainingState["parameters"] },
  { input, models }: Fixture,
  k: number,
): Promise<number> {
  const network = await stream(trained);
  const ours = input.flatMap((row) => [...network.step(row)]);
  return relativeError(ours, models[k].readout.flat());
}
