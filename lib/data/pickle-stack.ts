import type { ByteReader } from "./byte-reader.js";
import { NumpyName, NumpyType } from "./numpy-scalar.js";
import { type PickleValue, PlainName } from "./pickle-value.js";

/** Values that one pickle may make or remember, together; the largest of the four music sets has 7.6 million. */
const mostValues = 3 * 2 ** 22;

/** Values on the stack at one time; picklers fill lists and dicts by thousands. */
const highestStack = 2 ** 18;

/** What values may take in memory, in bytes, as V8 stores them: some, and more for a larger file. */
const mostMemory = (fileBytes: number) => 40e6 + 6 * fileBytes;
const cost = {
  list: 40,
  slot: 12,
  room: 152,
  tuple: 56,
  dict: 256,
  pair: 64,
  text: 32,
  number: 16,
  memo: 32,
} as const;

/** The stack, marks and memo of a pickle being read. Whatever is not there when asked for is a `BadFileError`. */
export class PickleStack {
  /** Where the opcode that is being carried out begins. */
  offset = 0;
  readonly #items: PickleValue[] = [];
  readonly #marks: number[] = []; // heights of the stack
  readonly #memo: (PickleValue | undefined)[] = []; // by number; an array, as a Map takes half of the whole time
  #values = 0;
  #memoryLeft: number;

  constructor(readonly reader: ByteReader) {
    this.#memoryLeft = mostMemory(reader.bytes.length);
  }

  fail(problem: string): never {
    return this.reader.fail(problem, this.offset);
  }

  #count(): void {
    if (++this.#values > mostValues) this.fail(`expected at most ${mostValues} values, got more`);
  }

  #spend(memory: number): void {
    this.#memoryLeft -= memory;
    if (this.#memoryLeft < 0)
      this.fail("expected values in proportion to the file's size, got many more");
  }

  /** Values above the last mark: the only ones an opcode may touch. */
  get #height(): number {
    return this.#items.length - (this.#marks.at(-1) ?? 0);
  }

  push(value: PickleValue): void {
    this.#count();
    if (this.#items.length >= highestStack)
      this.fail(`expected at most ${highestStack} values on the stack, got more`);
    if (typeof value === "string") this.#spend(cost.text + value.length);
    else if (typeof value === "number") this.#spend(Number.isInteger(value) ? 0 : cost.number);
    else if (value instanceof Uint8Array) this.#spend(cost.dict + value.length);
    else if (value instanceof Map || value instanceof Set) this.#spend(cost.dict);
    this.#items.push(value);
  }

  /** An empty list, which `append` gives room as it needs it. */
  pushList(): void {
    this.#spend(cost.list);
    this.push([]);
  }

  top(what: string): PickleValue {
    return this.#height > 0
      ? this.#items[this.#items.length - 1]
      : this.fail(`expected ${what} on the stack, got nothing`);
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
    if (mark === undefined) return this.fail("expected a mark on the stack, got none");
    this.#spend(cost.tuple + cost.slot * (this.#items.length - mark));
    return this.#items.splice(mark);
  }

  /** Python's POP takes a mark off where nothing lies above it. */
  discard(): void {
    if (this.#height === 0 && this.#marks.length > 0) this.#marks.pop();
    else this.pop("a value");
  }

  tuple(count: number): void {
    if (this.#height < count)
      this.fail(`expected ${count} values on the stack, got ${this.#height}`);
    this.#spend(cost.tuple + cost.slot * count);
    this.push(Object.freeze(this.#items.splice(this.#items.length - count)));
  }

  /** Gives back what a tuple and a text took that are gone now, as those that a NumPy scalar is made of. */
  giveBack(tuple: readonly PickleValue[], text: string): void {
    this.#memoryLeft += cost.tuple + cost.slot * tuple.length + cost.text + text.length;
  }

  append(items: readonly PickleValue[]): void {
    const target: PickleValue = this.top("a list");
    if (!isList(target)) this.fail(`expected a list on the stack, got ${describe(target)}`);
    this.#spend(cost.slot * items.length + (target.length === 1 ? cost.room : 0));
    if (target.length > 0) for (const item of items) target.push(item);
    else {
      target.length = items.length; // exactly that room; a first push takes room for 17
      for (let i = 0; i < items.length; i++) target[i] = items[i];
    }
  }

  /** Appends the values above the last mark, which are no list of their own. */
  appendToMark(): void {
    const items = this.popToMark();
    this.#memoryLeft += cost.tuple + cost.slot * items.length;
    this.append(items);
  }

  /** @param items keys and values in turn */
  setItems(items: readonly PickleValue[], dict = this.top("a dict")): PickleValue {
    if (!(dict instanceof Map))
      return this.fail(`expected a dict on the stack, got ${describe(dict)}`);
    if (items.length % 2 !== 0) this.fail("expected keys with values, got a key without one");
    for (let i = 0; i < items.length; i += 2) {
      if (typeof items[i] === "object" && items[i] !== null)
        this.fail(`expected numbers or texts as keys, got ${describe(items[i])}`);
      this.#spend(cost.pair);
      dict.set(items[i], items[i + 1]);
    }
    return dict;
  }

  /** Adds members to a set: numbers, texts and tuples, which are never changed. */
  addToSet(items: readonly PickleValue[], set: PickleValue = this.top("a set")): PickleValue {
    if (!(set instanceof Set))
      return this.fail(`expected a set on the stack, got ${describe(set)}`);
    this.#spend(cost.pair * items.length);
    for (const item of items) {
      if (isList(item) || item instanceof Map || item instanceof Set)
        this.fail(`expected numbers, texts or tuples in a set, got ${describe(item)}`);
      set.add(item);
    }
    return set;
  }

  /** Remembers the topmost value under a number. Picklers number from 0 or 1 on, so none is higher than there are values. */
  remember(number: number | bigint = this.#memo.length): void {
    this.#count();
    this.#spend(cost.memo);
    if (number < 0 || number > this.#values)
      this.fail(`expected a memo number up to ${this.#values}, got ${number}`);
    this.#memo[Number(number)] = this.top("a value to remember");
  }

  recall(number: number | bigint): void {
    const value = this.#memo[Number(number)];
    this.push(
      value === undefined
        ? this.fail(`expected a remembered value, got the memo number ${number}, which none has`)
        : value,
    );
  }

  /** The result: the only value left. */
  result(): PickleValue {
    const value = this.pop("the result");
    if (this.#items.length + this.#marks.length > 0)
      this.fail(`expected one result, got ${this.#items.length + this.#marks.length} more`);
    return value;
  }
}

const isList = (value: PickleValue): value is PickleValue[] =>
  Array.isArray(value) && !Object.isFrozen(value);

export function describe(value: PickleValue): string {
  if (value === null) return "None";
  if (Array.isArray(value)) return Object.isFrozen(value) ? "a tuple" : "a list";
  if (value instanceof Map) return "a dict";
  if (value instanceof Uint8Array) return "bytes";
  if (value instanceof Set) return "a set";
  if (value instanceof PlainName) return `the name ${value.name}`;
  if (value instanceof NumpyName) return `numpy's ${value.name}`;
  if (value instanceof NumpyType) return "a numpy dtype";
  return typeof value === "string"
    ? "a text"
    : typeof value === "boolean"
      ? "a truth value"
      : "a number";
}
