import { compile, type Program } from "../../compile/program.js";
import { GatedRnnError } from "../../errors.js";
import type { Model } from "../../model/model.js";
import type { TrainingState } from "../../model/state.js";
import type { Stream, StreamState } from "../engine.js";
import { Arena, type StreamLayout } from "./arena.js";
import type { Kernels } from "./kernels.js";

/** Rows of the arena as the caller sees them: a view where they lie side by side without padding, else a copy that `refresh` renews. */
interface Shown {
  readonly values: Float32Array;
  /** Padded rows and their places in the copy; none for a view. */
  readonly rows: readonly Float32Array[];
}

/** A model on the compiled program, step by step: a step is one call of the C source, on memory that was laid out once. */
export class NativeStream implements Stream {
  private readonly arena: Arena;
  private readonly program: Program;
  private readonly at: StreamLayout;
  private readonly ints: Int32Array;
  private readonly floats: Float32Array;
  private readonly readout: Shown;
  private readonly gates = new Map<string, Shown>();
  /** By column: the row and step in which it was last seen, so that a column given twice is noticed. */
  private readonly seen: Float64Array;
  private rowsRead = 0;
  private isOpen = true;

  constructor(
    kernels: Kernels,
    readonly model: Model,
    parameters: TrainingState["parameters"],
    readonly streams: number,
  ) {
    const { inputSize, hiddenSize, output } = model;
    this.program = compile(model, kernels.lanes, "trace");
    this.arena = new Arena(this.program, kernels.arena());
    this.arena.write(this.arena.parameters, parameters);
    this.at = this.arena.streams(streams);
    ({ ints: this.ints, floats: this.floats } = this.arena.memory);
    this.seen = new Float64Array(inputSize);
    const { width, readoutWidth, named } = this.program;
    this.readout = this.shown(this.at.readout, readoutWidth, output.readoutSize);
    for (const [name, slot] of named) {
      const from = this.at.sequences + slot * this.at.sequenceStride;
      this.gates.set(name, this.shown(from, width, hiddenSize));
    }
  }

  step(input: ArrayLike<number>): Float32Array {
    const { at, floats } = this;
    this.check();
    const size = this.streams * this.model.inputSize;
    if (input.length !== size) throw refused(`an input of ${size} numbers`, input.length);
    for (let i = 0; i < size; i++) {
      floats[at.inputValues + i] = input[i];
      if (!Number.isFinite(floats[at.inputValues + i])) throw notFinite(input[i], i);
    }
    this.ints[at.inputAt] = at.inputValues;
    return this.run();
  }

  stepSparse(columns: ArrayLike<number>, offsets?: ArrayLike<number>): Float32Array {
    const { at, ints, seen, streams } = this;
    this.check();
    if (offsets === undefined && streams > 1)
      throw refused(`offsets of the columns of ${streams} streams`, "none");
    if (offsets !== undefined && !areOffsets(offsets, streams, columns.length))
      throw refused(
        `${streams + 1} offsets rising from 0 to ${columns.length}`,
        Array.from(offsets).join(", "),
      );
    for (let row = 0; row < streams; row++) {
      const start = offsets === undefined ? 0 : offsets[row];
      const end = offsets === undefined ? columns.length : offsets[row + 1];
      let rises = true;
      this.rowsRead += 1;
      for (let k = start; k < end; k++) {
        const column = columns[k];
        if (!(Number.isInteger(column) && column >= 0 && column < seen.length))
          throw refused(`columns from 0 to ${seen.length - 1}`, column);
        if (seen[column] === this.rowsRead)
          throw refused("every column of a stream once", `${column} twice`);
        seen[column] = this.rowsRead;
        rises &&= k === start || column > columns[k - 1];
        ints[at.columns + k] = column;
      }
      if (!rises) ints.subarray(at.columns + start, at.columns + end).sort();
      ints[at.offsets + row + 1] = end;
    }
    ints[at.inputAt] = -1;
    return this.run();
  }

  gate(name: string): Float32Array {
    this.check();
    const shown = this.gates.get(name);
    if (!shown) throw refused(`a gate or state out of ${[...this.gates.keys()].join(", ")}`, name);
    return refreshed(shown);
  }

  state(): Record<string, number[]> {
    this.check();
    const { hiddenSize } = this.model;
    return Object.fromEntries(
      this.states().map(({ name, from }) => [
        name,
        Array.from({ length: this.streams }, (_, r) => {
          const row = from + r * this.program.width;
          return [...this.floats.subarray(row, row + hiddenSize)];
        }).flat(),
      ]),
    );
  }

  restore(state: StreamState): void {
    this.check();
    const states = this.states();
    const { hiddenSize } = this.model;
    const size = this.streams * hiddenSize;
    const names = states.map(({ name }) => name);
    if (Object.keys(state).sort().join() !== [...names].sort().join())
      throw refused(`the states ${names.join(", ")}`, Object.keys(state).join(", ") || "none");
    for (const name of names) {
      if (state[name].length !== size)
        throw refused(`${size} numbers of ${name}`, state[name].length);
      const odd = Array.from(state[name]).find((v) => !Number.isFinite(Math.fround(v)));
      if (odd !== undefined) throw refused(`finite numbers of ${name}`, odd);
    }
    for (const { name, from } of states)
      for (let r = 0; r < this.streams; r++)
        for (let j = 0; j < hiddenSize; j++)
          this.floats[from + r * this.program.width + j] = state[name][r * hiddenSize + j];
  }

  reset(stream?: number): void {
    this.check();
    const { width } = this.program;
    if (stream !== undefined && !(Number.isInteger(stream) && stream >= 0 && stream < this.streams))
      throw refused(`a stream from 0 to ${this.streams - 1}`, stream);
    for (const { from } of this.states())
      if (stream === undefined) this.floats.fill(0, from, from + this.streams * width);
      else this.floats.fill(0, from + stream * width, from + (stream + 1) * width);
  }

  close(): void {
    this.isOpen = false;
  }

  private run(): Float32Array {
    this.arena.memory.run(0);
    return refreshed(this.readout);
  }

  private states(): { readonly name: string; readonly from: number }[] {
    const { saved, sequenceStride } = this.at;
    return this.model.cell.graph.states.map(({ name }, k) => ({
      name,
      from: saved + k * sequenceStride,
    }));
  }

  private shown(from: number, padded: number, width: number): Shown {
    const { floats, streams } = this;
    if (streams === 1 || padded === width)
      return { values: floats.subarray(from, from + streams * width), rows: [] };
    const rows = Array.from({ length: streams }, (_, r) =>
      floats.subarray(from + r * padded, from + r * padded + width),
    );
    return { values: new Float32Array(streams * width), rows };
  }

  private check(): void {
    if (!this.isOpen) throw refused("an open stream", "one that was closed");
  }
}

function refreshed({ values, rows }: Shown): Float32Array {
  for (let r = 0; r < rows.length; r++) values.set(rows[r], r * rows[r].length);
  return values;
}

function areOffsets(offsets: ArrayLike<number>, streams: number, end: number): boolean {
  if (offsets.length !== streams + 1 || offsets[0] !== 0 || offsets[streams] !== end) return false;
  for (let row = 0; row < streams; row++)
    if (!(Number.isInteger(offsets[row + 1]) && offsets[row + 1] >= offsets[row])) return false;
  return true;
}

const refused = (expected: string, got: unknown) =>
  new GatedRnnError("usage", `stream: expected ${expected}, got ${String(got)}`);

const notFinite = (value: number, i: number) =>
  refused("finite numbers in single precision", `${value} at place ${i} of the input`);
