import { notesAt, type PianoRoll } from "../data/piano-roll.js";
import type { Stream } from "../engines/engine.js";
import { GatedRnnError } from "../errors.js";
import { keyChances, type OutputWeights, rowNll } from "../outputs/evaluate.js";

/** What a model of keys makes of a piece, step by step. */
export interface Heard {
  /** Predicted steps: the piece's length less one. */
  readonly steps: number;
  /** Keys that the model reads and predicts. */
  readonly keys: number;
  /** Hidden units of a gate. */
  readonly hiddenSize: number;
  /** [steps, keys] the chance that each key sounds in step t + 1, given all up to step t, and by NADE the chord's keys before it. */
  readonly chances: Float32Array;
  /** [steps] NLL of step t + 1 in nats, given all before it. */
  readonly surprise: Float64Array;
  /** [steps, hidden] every named gate and state, after step t was read. */
  readonly gates: ReadonlyMap<string, Float32Array>;
}

/**
 * Lets a model hear a piece: what it expects of each next step, what it pays for what comes, and its
 * gates. One pass of a stream, which begins anew and stays open.
 *
 * @param weights the model's parameters, for an output that has some of its own (NADE)
 * @throws GatedRnnError `usage` for a model of something else than keys, a piece of one step, or
 * notes outside the keys
 */
export function listen(
  stream: Stream,
  piece: PianoRoll,
  lowestNote: number,
  weights?: OutputWeights,
): Heard {
  const { output, hiddenSize, cell } = stream.model;
  const { targetSize: keys } = output;
  if (output.target !== "keys")
    throw new GatedRnnError("usage", `listen: expected a model of keys, got one of ${output.name}`);
  if (piece.length < 2)
    throw new GatedRnnError("usage", `listen: expected two steps or more, got ${piece.length}`);
  const steps = piece.length - 1;
  const chances = new Float32Array(steps * keys);
  const surprise = new Float64Array(steps);
  const names = cell.graph.named.map(({ name }) => name);
  const gates = new Map(names.map((name) => [name, new Float32Array(steps * hiddenSize)]));
  const columns = (t: number) => Array.from(notesAt(piece, t), (note) => note - lowestNote);
  stream.reset();
  for (let t = 0; t < steps; t++) {
    const readout = Float64Array.from(stream.stepSparse(columns(t)));
    const target = new Float64Array(keys);
    for (const column of columns(t + 1)) target[column] = 1;
    surprise[t] = rowNll(output, readout, target, weights).nll;
    chances.set(keyChances(output, readout, target, weights), t * keys);
    for (const [name, values] of gates) values.set(stream.gate(name), t * hiddenSize);
  }
  return { steps, keys, hiddenSize, chances, surprise, gates };
}
