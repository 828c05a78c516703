import { initialising } from "../model/initialise.js";
import type { Model } from "../model/model.js";
import type { TrainingState } from "../model/state.js";
import { breathe } from "./breathe.js";

/** Longest time without a look at signals, in ms. */
const longest = 50;

/**
 * `initialState`, with signals, timers and messages let in while a large model's matrices are made.
 *
 * @throws what the signal gives as its reason, when it comes first
 */
export async function initialStateInSlices(
  model: Model,
  seed: number,
  signal?: AbortSignal,
): Promise<TrainingState> {
  const work = initialising(model, seed);
  for (let begun = performance.now(); ; ) {
    const { done, value } = work.next();
    if (done) return value;
    if (performance.now() - begun < longest) continue;
    await breathe();
    signal?.throwIfAborted();
    begun = performance.now();
  }
}
