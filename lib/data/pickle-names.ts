import { type PickleValue, PlainName } from "./pickle-value.js";

const set = new PlainName("set", (sets, [items = []]) =>
  Array.isArray(items) ? sets.addToSet(items, new Set()) : undefined,
);

/** `bytes(text, "latin-1")`, as protocols before 3 write bytes, which they have no opcode for. */
function latin1Bytes([text, encoding]: readonly PickleValue[]): Uint8Array | undefined {
  const isLatin1 = typeof encoding === "string" && /^latin-?1$/.test(encoding);
  return typeof text === "string" && isLatin1
    ? Uint8Array.from(text, (letter) => letter.charCodeAt(0))
    : undefined;
}

const encode = new PlainName("encode", (_sets, values) => latin1Bytes(values));

const bytes = new PlainName("bytes", (_sets, values) => {
  if (values.length === 0) return new Uint8Array(0);
  return values[0] instanceof Uint8Array ? values[0] : latin1Bytes(values);
});

const orderedDict = new PlainName("OrderedDict", (_sets, values) =>
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
