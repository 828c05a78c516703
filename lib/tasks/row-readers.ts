import type { Rows } from "../data/batch.js";
import { GatedRnnError } from "../errors.js";
import { isList, type Place, refuse } from "./place.js";
import type { Column } from "./units.js";

/** Takes somebody's steps in, one by one, refuses what is none, and makes rows of them. */
export interface RowReader {
  /** @param step null for one that is not known: it becomes a row that says nothing */
  add(step: unknown, place: Place): void;
  /** @param training of all rows so many, the first, are the training split's */
  rows(training: number): Rows;
}

interface NumberOptions {
  /** For messages: "input" or "target". */
  readonly what: string;
  readonly names?: readonly string[] | undefined;
  /** Default true: (x − mean) / deviation of the training split. */
  readonly normalise?: boolean | undefined;
  /** Only whole numbers from 0 on. */
  readonly counts?: boolean;
  /** The same columns as another's. */
  readonly like?: NumberReader | undefined;
}

/** Numbers; all rows are as wide as the first. */
export class NumberReader implements RowReader {
  private readonly values: number[] = [];
  private known = 0;
  private unknown = 0;
  /** Known once there are rows. */
  columns: readonly Column[] = [];

  constructor(private readonly options: NumberOptions) {}

  get width(): number {
    return this.options.like?.width ?? this.known;
  }

  add(step: unknown, place: Place): void {
    const { what, counts, like } = this.options;
    if (step === null) {
      this.unknown += 1;
      return;
    }
    const row = typeof step === "number" ? [step] : step;
    if (!isList(row) || row.length === 0)
      refuse(place, `${what}: a number or a list of them`, step);
    if (this.known === 0 && !like) this.known = row.length;
    if (row.length !== this.width)
      refuse(place, `${what}: ${this.width} numbers, as the first step has`, row);
    this.fill();
    for (let j = 0; j < row.length; j++) {
      const value = row[j];
      if (typeof value !== "number" || !Number.isFinite(value))
        refuse(place, `${what}: finite numbers`, value);
      if (counts && !(value >= 0 && Number.isInteger(value)))
        refuse(place, `${what}: counts, whole numbers from 0 on`, value);
      this.values.push(value);
    }
  }

  /** Rows that are not known are NaN until they are normalised, and the mean then. */
  private fill(): void {
    for (let k = this.unknown * this.width; k > 0; k--) this.values.push(Number.NaN);
    this.unknown = 0;
  }

  rows(training: number): Rows {
    const { values, width } = this;
    if (width === 0)
      throw new GatedRnnError(
        "usage",
        `${this.options.what}: expected a step that is known, got none; give numbers`,
      );
    this.fill();
    const { like, normalise = true } = this.options;
    const names = this.names();
    this.columns = normalise
      ? (like?.columns ?? fit(values.slice(0, training * width), names))
      : names.map((name) => ({ name, mean: 0, deviation: 1 }));
    const normal = (value: number, at: number) => {
      const { mean, deviation } = this.columns[at % width];
      return Number.isNaN(value) ? 0 : (value - mean) / deviation;
    };
    return { kind: "dense", width, values: Float32Array.from(values, normal) };
  }

  private names(): readonly string[] {
    const { what, names, like } = this.options;
    if (like && !names) return like.names();
    if (names && names.length !== this.width)
      throw new GatedRnnError(
        "usage",
        `${what} columns: expected a name for each of ${this.width}, got ${names.length}`,
      );
    return names ?? Array.from({ length: this.width }, (_, j) => `${what} ${j + 1}`);
  }
}

/** Mean and deviation of each column, by Welford's way; a column that never changes keeps its unit. */
function fit(values: readonly number[], names: readonly string[]): Column[] {
  const width = names.length;
  return names.map((name, j) => {
    let count = 0;
    let mean = 0;
    let squares = 0;
    for (let at = j; at < values.length; at += width) {
      if (Number.isNaN(values[at])) continue;
      const distance = values[at] - mean;
      count += 1;
      mean += distance / count;
      squares += distance * (values[at] - mean);
    }
    const deviation = Math.sqrt(squares / Math.max(1, count));
    const changes = deviation > 1e-9 * Math.abs(mean) && Number.isFinite(deviation);
    return { name, mean, deviation: changes ? deviation : 1 };
  });
}

/** Which of some keys are on at a step, by their numbers. */
export class KeyReader implements RowReader {
  private readonly offsets = [0];
  private readonly columns: number[] = [];

  constructor(
    private readonly what: string,
    readonly width: number,
  ) {}

  add(step: unknown, place: Place): void {
    const keys = typeof step === "number" ? [step] : step === null ? [] : step;
    if (!isList(keys)) refuse(place, `${this.what}: the numbers of keys`, step);
    const on = new Set<number>();
    for (let k = 0; k < keys.length; k++) {
      const key = keys[k];
      if (typeof key !== "number" || !Number.isInteger(key) || key < 0 || key >= this.width)
        refuse(place, `${this.what}: keys from 0 to ${this.width - 1}`, key);
      on.add(key);
    }
    for (const key of [...on].sort((a, b) => a - b)) this.columns.push(key);
    this.offsets.push(this.columns.length);
  }

  rows(): Rows {
    const { width, offsets, columns } = this;
    return {
      kind: "sparse",
      width,
      offsets: Int32Array.from(offsets),
      columns: Int32Array.from(columns),
    };
  }
}

/** One class a step, as a one-hot row. */
export class ClassReader implements RowReader {
  private readonly indices: number[] = [];
  private readonly places: ReadonlyMap<string, number>;

  constructor(private readonly classes: readonly string[]) {
    this.places = new Map(classes.map((name, index) => [name, index]));
  }

  add(step: unknown, place: Place): void {
    if (step === null) {
      this.indices.push(0);
      return;
    }
    const isName = typeof step === "string" || typeof step === "number";
    const index = isName ? this.places.get(String(step)) : undefined;
    if (index === undefined) refuse(place, `a class (${some(this.classes)})`, step, classRemedy);
    this.indices.push(index);
  }

  rows(): Rows {
    return {
      kind: "sparse",
      width: this.classes.length,
      offsets: Int32Array.from({ length: this.indices.length + 1 }, (_, r) => r),
      columns: Int32Array.from(this.indices),
    };
  }
}

const classRemedy = "name all of them by `classes`, or have each in training";

const some = (names: readonly string[]) =>
  names.length > 6 ? `${names.slice(0, 5).join(", ")} … ${names.at(-1)}` : names.join(", ");
