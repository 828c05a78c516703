import type { Model } from "../model/model.js";
import type { TrainingState } from "../model/state.js";
import { checkModel, checkParameters, usage } from "./check.js";
import type { Engine } from "./engine.js";

/** A cell's states as plain arrays, [streams, hidden], by the states' names: what a stream goes on from. Survives JSON to the bit. */
export type StreamState = Readonly<Record<string, ArrayLike<number>>>;

/** A trained model at work: it reads a step of input, says what it predicts next, and remembers. One step allocates nothing. */
export interface Stream {
  readonly model: Model;
  /** How many streams run side by side, each with states of its own. */
  readonly streams: number;
  /**
   * Reads one step of every stream.
   *
   * @param input [streams, input size]
   * @returns [streams, readout size], the output layer's numbers (see `Output`); the next step writes over them
   * @throws GatedRnnError `usage` for another number of numbers, and for one that is not finite in single precision: states stay as they are
   */
  step(input: ArrayLike<number>): Float32Array;
  /**
   * The same for inputs of zeros and a few ones, such as keys that sound: many times as fast where there are few.
   *
   * @param columns of all streams, one stream after another: where an input is one
   * @param offsets [streams + 1], where each stream's columns begin and the last ones end; not needed for one stream
   * @throws GatedRnnError `usage` for columns out of range or given twice, and offsets that do not fit
   */
  stepSparse(columns: ArrayLike<number>, offsets?: ArrayLike<number>): Float32Array;
  /**
   * A gate or state of the last step by its name in the cell's equations: "z", "c~", in a stack "z.2".
   *
   * @returns [streams, hidden]; the next call for this name writes over it
   * @throws GatedRnnError `usage` for an unknown name
   */
  gate(name: string): Float32Array;
  /** All states after the last step, copied. */
  state(): Record<string, number[]>;
  /** @throws GatedRnnError `usage` for a state that is not this model's, or of another number of streams; states then stay as they are */
  restore(state: StreamState): void;
  /** Begins anew, with states of zero: all streams, or one of them. */
  reset(stream?: number): void;
  /** Gives the memory back. What was returned before must not be read any more. */
  close(): void;
}

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
