import type { ByteReader } from "./byte-reader.js";
import { NumpyName, NumpyType } from "./numpy-scalar.js";

/**
 * What a pickle can hold here. Lists are arrays, tuples frozen arrays, dicts Maps. Byte strings of Python 2 are strings of one
 * character per byte. Parts may be shared, and a list may contain itself.
 */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly PickleValue[]
  | Map<PickleValue, PickleValue>
  | NumpyName
  | NumpyType;

/** Values that one pickle may make or remember, together; the largest of the four music sets has 7.6 million. */
const mostValues = 3 * 2 ** 22;

/** The stack, marks and memo of a pickle being read. Whatever is not there when asked for is a `BadFileError`. */
export class PickleStack {
  /** Where the opcode that is being carried out begins. */
  offset = 0;
  readonly #items: PickleValue[] = [];
  readonly #marks: number[] = []; // heights of the stack
  readonly #memo: (PickleValue | undefined)[] = []; // by number; an array, as a Map takes half of the whole time
  #values = 0;

  constructor(readonly reader: ByteReader) {}

  fail(problem: string): never {
    return this.reader.fail(problem, this.offset);
  }

  #count(): void {
    if (++this.#values > mostValues) this.fail(`expected at most ${mostValues} values, got more`);
  }

  /** Values above the last mark: the only ones an opcode may touch. */
  get #height(): number {
    return this.#items.length - (this.#marks.at(-1) ?? 0);
  }

  push(value: PickleValue): void {
    this.#count();
    this.#items.push(value);
  }

  top(what: string): PickleValue {
    return this.#height > 0 ? this.#items[this.#items.length - 1] : this.fail(`expected ${what} on the stack, got nothing`);
  }

  pop(what: string): PickleValue {
    const value = this.top(what);
    this.#items.length--;
    return value;
  }

  mark(): void {
    this.#count();
    this.#marks.push(this.#items.length);
  }

  popToMark(): PickleValue[] {
    const mark = this.#marks.pop();
    return mark === undefined ? this.fail("expected a mark on the stack, got none") : this.#items.splice(mark);
  }

  /** Python's POP takes a mark off where nothing lies above it. */
  discard(): void {
    if (this.#height === 0 && this.#marks.length > 0) this.#marks.pop();
    else this.pop("a value");
  }

  tuple(count: number): void {
    if (this.#height < count) this.fail(`expected ${count} values on the stack, got ${this.#height}`);
    this.push(Object.freeze(this.#items.splice(this.#items.length - count)));
  }

  append(items: readonly PickleValue[]): void {
    const target = this.top("a list");
    if (!Array.isArray(target) || Object.isFrozen(target)) this.fail(`expected a list on the stack, got ${describe(target)}`);
    else for (const item of items) target.push(item);
  }

  /** @param items keys and values in turn */
  setItems(items: readonly PickleValue[], dict = this.top("a dict")): PickleValue {
    if (!(dict instanceof Map)) return this.fail(`expected a dict on the stack, got ${describe(dict)}`);
    if (items.length % 2 !== 0) this.fail("expected keys with values, got a key without one");
    for (let i = 0; i < items.length; i += 2) {
      if (typeof items[i] === "object" && items[i] !== null) this.fail(`expected numbers or texts as keys, got ${describe(items[i])}`);
      dict.set(items[i], items[i + 1]);
    }
    return dict;
  }

  /** Remembers the topmost value under a number. Picklers number from 0 or 1 on, so none is higher than there are values. */
  remember(number: number | bigint = this.#memo.length): void {
    this.#count();
    if (number < 0 || number > this.#values) this.fail(`expected a memo number up to ${this.#values}, got ${number}`);
    this.#memo[Number(number)] = this.top("a value to remember");
  }

  recall(number: number | bigint): void {
    const value = this.#memo[Number(number)];
    this.push(value === undefined ? this.fail(`expected a remembered value, got the memo number ${number}, which none has`) : value);
  }

  /** The result: the only value left. */
  result(): PickleValue {
    const value = this.pop("the result");
    if (this.#items.length + this.#marks.length > 0) this.fail(`expected one result, got ${this.#items.length + this.#marks.length} more`);
    return value;
  }
}

export function describe(value: PickleValue): string {
  if (value === null) return "None";
  if (Array.isArray(value)) return Object.isFrozen(value) ? "a tuple" : "a list";
  if (value instanceof Map) return "a dict";
  if (value instanceof Uint8Array) return "bytes";
  if (value instanceof NumpyName) return `numpy's ${value.name}`;
  if (value instanceof NumpyType) return "a numpy dtype";
  return typeof value === "string" ? "a text" : typeof value === "boolean" ? "a truth value" : "a number";
}
