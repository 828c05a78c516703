import type { Model } from "../model/model.js";
import type { TrainingState } from "../model/state.js";
import { checkModel, checkParameters, usage } from "./check.js";
import type { Engine, Stream } from "./engine.js";

/**
 * A trained model for live use on an engine, from states of zero: the compiled program carried out one step at a time, with the weights
 * prepared once. Any cell, any output. `stream` chooses the engine itself; in a page there is `nativeWasmFrom`.
 *
 * @throws GatedRnnError `usage` when a parameter is missing, has another size or is not finite, and for an engine that has no streams
 */
export async function streamOn(
  engine: Engine,
  {
    model,
    parameters,
  }: { readonly model: Model; readonly parameters: TrainingState["parameters"] },
  streams = 1,
): Promise<Stream> {
  if (!(Number.isInteger(streams) && streams >= 1))
    throw usage("stream", `expected 1 stream or more, got ${streams}`);
  checkModel("stream", model);
  checkParameters("stream", model, parameters);
  if (!engine.stream)
    throw usage(
      "stream",
      `expected an engine with streams, got ${engine.name}; use native or native-wasm`,
    );
  return engine.stream(model, parameters, streams);
}
