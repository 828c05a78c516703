import type { PickleStack, PickleValue } from "./pickle-stack.js";

/**
 * A name that pickles of protocols without an opcode of their own write for plain data: a stand-in, of which nothing is imported
 * or called.
 */
export class PlainName {
  constructor(
    readonly name: string,
    /** The data that the arguments make; undefined when they make none. */
    readonly make: (stack: PickleStack, values: readonly PickleValue[]) => PickleValue | undefined,
  ) {}
}

const set = new PlainName("set", (stack, [items = []]) =>
  Array.isArray(items) ? stack.addToSet(items, new Set()) : undefined,
);

/** `bytes(text, "latin-1")`, as protocols before 3 write bytes, which they have no opcode for. */
function latin1Bytes([text, encoding]: readonly PickleValue[]): Uint8Array | undefined {
  const isLatin1 = typeof encoding === "string" && /^latin-?1$/.test(encoding);
  return typeof text === "string" && isLatin1 ? Buffer.from(text, "latin1") : undefined;
}

const encode = new PlainName("encode", (_stack, values) => latin1Bytes(values));

const bytes = new PlainName("bytes", (_stack, values) => {
  if (values.length === 0) return new Uint8Array(0);
  return values[0] instanceof Uint8Array ? values[0] : latin1Bytes(values);
});

const orderedDict = new PlainName("OrderedDict", (_stack, values) =>
  values.length === 0 ? new Map() : undefined,
);

const names = new Map<string, PlainName>([
  ["builtins set", set],
  ["builtins frozenset", set],
  ["builtins bytes", bytes],
  ["builtins bytearray", bytes],
  ["_codecs encode", encode],
  ["collections OrderedDict", orderedDict],
]);

/** The stand-in for a global, or undefined when it is none of plain data. */
export function plainName(module: string, name: string): PlainName | undefined {
  return names.get(`${module === "__builtin__" ? "builtins" : module} ${name}`); // Python 2's name
}

/** What to do about a global that is known but no plain data. */
export function remedyFor(module: string, name: string): string {
  const isArray = /^numpy/.test(module) && /^(_reconstruct|_frombuffer|ndarray)$/.test(name);
  return isArray ? "; write a numpy array as a list, by its tolist()" : "";
}
