import type { NumpyName, NumpyType } from "./numpy-scalar.js";

/**
 * What a pickle can hold here. Lists are arrays, tuples frozen arrays, dicts Maps, sets Sets. Byte strings of Python 2 are strings of one
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
  | Set<PickleValue>
  | PlainName
  | NumpyName
  | NumpyType;

/** Fills sets, and counts what they take; `PickleStack` does. */
interface SetFiller {
  addToSet(items: readonly PickleValue[], set: PickleValue): PickleValue;
}

/**
 * A name that pickles of protocols without an opcode of their own write for plain data: a stand-in, of which nothing is imported
 * or called.
 */
export class PlainName {
  constructor(
    readonly name: string,
    /** The data that the arguments make; undefined when they make none. */
    readonly make: (sets: SetFiller, values: readonly PickleValue[]) => PickleValue | undefined,
  ) {}
}
