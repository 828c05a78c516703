import { ByteReader, latin1 } from "./byte-reader.js";
import {
  NumpyName,
  NumpyType,
  numpyName,
  numpyScalar,
  numpyType,
  setByteOrder,
} from "./numpy-scalar.js";
import { plainName, remedyFor } from "./pickle-names.js";
import { describe, PickleStack } from "./pickle-stack.js";
import {
  decimal,
  float,
  line,
  longInteger,
  quoted,
  rawUnicode,
  shown,
  size64,
  utf8,
} from "./pickle-text.js";
import { type PickleValue, PlainName } from "./pickle-value.js";

/**
 * Reads a Python pickle of protocols 0 to 5 that holds plain data: numbers, texts, bytes, lists, tuples, sets, dicts and NumPy's
 * scalars.
 * Nothing in it is executed: there is no import and no call, only a fixed list of opcodes that make data, and of globals
 * only the names that older protocols write for sets and bytes, and the two of NumPy that its scalars need.
 *
 * Source: Python's Lib/pickletools.py, which documents every opcode.
 *
 * @throws BadFileError on any other opcode or global, which it names, and on a file that is cut off, lies or makes too many values
 */
export function readPickle(bytes: Uint8Array, file: string): PickleValue {
  const reader = new ByteReader(file, bytes);
  const stack = new PickleStack(reader);
  for (;;) {
    stack.offset = reader.offset;
    const opcode = reader.uint8("an opcode");
    if (opcode === STOP) {
      const value = stack.result();
      if (reader.left > 0)
        stack.fail(
          `expected the end of the file after the opcode STOP, got ${reader.left} more bytes`,
        );
      return value;
    }
    const carryOut = opcodes[opcode];
    if (carryOut) carryOut(stack, reader);
    else refuse(stack, opcode);
  }
}

type Opcode = (stack: PickleStack, reader: ByteReader) => void;

const STOP = ".".charCodeAt(0);
const EMPTY: PickleValue = Object.freeze([]);
const names = "a module and a name";

/** What each opcode does, by its byte. */
const opcodes: readonly (Opcode | undefined)[] = byByte({
  // numbers, texts, constants
  N: (stack) => stack.push(null),
  "\x88": (stack) => stack.push(true),
  "\x89": (stack) => stack.push(false),
  K: (stack, reader) => stack.push(reader.uint8("a number")),
  M: (stack, reader) => stack.push(reader.uint16("a number")),
  J: (stack, reader) => stack.push(reader.int32("a number")),
  I: (stack, reader) => stack.push(integer(reader)),
  L: (stack, reader) => stack.push(decimal(reader)),
  "\x8a": (stack, reader) => stack.push(longInteger(reader, reader.uint8("a length"))),
  "\x8b": (stack, reader) => stack.push(longInteger(reader, reader.uint32("a length"))),
  F: (stack, reader) => stack.push(float(reader)),
  G: (stack, reader) => {
    const content = reader.take(8, "a number");
    stack.push(new DataView(content.buffer, content.byteOffset, 8).getFloat64(0)); // big-endian
  },
  S: (stack, reader) => stack.push(quoted(reader)),
  U: (stack, reader) => stack.push(reader.text(reader.uint8("a length"), "a string")),
  T: (stack, reader) => stack.push(reader.text(reader.uint32("a length"), "a string")),
  C: (stack, reader) => stack.push(Uint8Array.from(reader.take(reader.uint8("a length"), "bytes"))),
  B: (stack, reader) =>
    stack.push(Uint8Array.from(reader.take(reader.uint32("a length"), "bytes"))),
  "\x8e": (stack, reader) => stack.push(Uint8Array.from(reader.take(size64(reader), "bytes"))),
  "\x96": (stack, reader) => stack.push(Uint8Array.from(reader.take(size64(reader), "bytes"))),
  V: (stack, reader) => stack.push(rawUnicode(reader)),
  "\x8c": (stack, reader) => stack.push(utf8(reader, reader.uint8("a length"))),
  X: (stack, reader) => stack.push(utf8(reader, reader.uint32("a length"))),
  "\x8d": (stack, reader) => stack.push(utf8(reader, size64(reader))),

  // lists, tuples, dicts, sets
  "(": (stack) => stack.mark(),
  "0": (stack) => stack.discard(),
  "1": (stack) => void stack.popToMark(),
  "2": (stack) => stack.push(stack.top("a value")),
  "]": (stack) => stack.pushList(),
  l: (stack) => stack.push(stack.popToMark()),
  a: (stack) => {
    const item = stack.pop("an item");
    stack.append([item]);
  },
  e: (stack) => stack.appendToMark(),
  ")": (stack) => stack.push(EMPTY),
  t: (stack) => stack.push(Object.freeze(stack.popToMark())),
  "\x85": (stack) => stack.tuple(1),
  "\x86": (stack) => stack.tuple(2),
  "\x87": (stack) => stack.tuple(3),
  "}": (stack) => stack.push(new Map()),
  d: (stack) => stack.push(stack.setItems(stack.popToMark(), new Map())),
  s: (stack) => {
    const value = stack.pop("a value");
    const key = stack.pop("a key");
    stack.setItems([key, value]);
  },
  u: (stack) => void stack.setItems(stack.popToMark()),
  "\x8f": (stack) => stack.push(new Set()),
  "\x90": (stack) => void stack.addToSet(stack.popToMark()),
  "\x91": (stack) => stack.push(stack.addToSet(stack.popToMark(), new Set())),

  // the memo
  p: (stack, reader) => stack.remember(decimal(reader)),
  q: (stack, reader) => stack.remember(reader.uint8("a number")),
  r: (stack, reader) => stack.remember(reader.uint32("a number")),
  "\x94": (stack) => stack.remember(),
  g: (stack, reader) => stack.recall(decimal(reader)),
  h: (stack, reader) => stack.recall(reader.uint8("a number")),
  j: (stack, reader) => stack.recall(reader.uint32("a number")),

  // NumPy's scalars, as data
  c: (stack, reader) => name(stack, latin1(line(reader, names)), latin1(line(reader, names))),
  "\x93": (stack) => {
    const attribute = stack.pop("a name");
    name(stack, stack.pop("a module"), attribute);
  },
  R: (stack) => {
    const values = stack.pop("arguments");
    reduce(stack, stack.pop("what to make"), values);
  },
  b: (stack) => {
    const state = stack.pop("a state");
    const type = stack.top("a numpy dtype");
    if (!(type instanceof NumpyType))
      stack.fail(
        `expected the opcode BUILD to set the state of a numpy dtype, got ${describe(type)}`,
      );
    else if (!setByteOrder(type, state))
      stack.fail("expected the state of a numpy dtype with its byte order, got another");
  },

  // the file itself
  "\x80": (stack, reader) => {
    const protocol = reader.uint8("a protocol");
    if (protocol > 5) stack.fail(`expected protocol 0 to 5, got ${protocol}`);
  },
  "\x95": (_stack, reader) => reader.need(size64(reader), "a frame"),
});

function byByte(byCharacter: Readonly<Record<string, Opcode>>): (Opcode | undefined)[] {
  const table = new Array<Opcode | undefined>(256).fill(undefined);
  for (const [character, opcode] of Object.entries(byCharacter))
    table[character.charCodeAt(0)] = opcode;
  return table;
}

/** Protocol 0 writes truth values as the numbers 00 and 01. */
function integer(reader: ByteReader): boolean | number | bigint {
  const text = reader.bytes.subarray(reader.position, reader.position + 3);
  const truth = { "00\n": false, "01\n": true }[latin1(text)];
  const value = decimal(reader);
  return truth ?? value;
}

function name(stack: PickleStack, module: PickleValue, attribute: PickleValue): void {
  const [first, second] = [module, attribute].map((part) => (typeof part === "string" ? part : ""));
  const found = numpyName(first, second) ?? plainName(first, second);
  const isText = typeof module === "string" && typeof attribute === "string";
  const wanted = isText ? shown(`${first} ${second}`) : "a name that is no text";
  stack.push(
    found ??
      stack.fail(
        `expected plain data or numpy's scalars, got the global ${wanted}; nothing in a pickle is executed${remedyFor(first, second)}`,
      ),
  );
}

function reduce(stack: PickleStack, what: PickleValue, values: PickleValue): void {
  const list: readonly PickleValue[] = Array.isArray(values) ? values : [];
  const [first, second] = list;
  if (what instanceof PlainName)
    stack.push(
      what.make(stack, list) ?? stack.fail(`expected plain data for a ${what.name}, got other`),
    );
  else if (!(what instanceof NumpyName))
    stack.fail(
      `expected the opcode REDUCE to make a numpy scalar, got a call of ${describe(what)}`,
    );
  else if (what.name === "dtype")
    stack.push(numpyType(first) ?? stack.fail("expected the dtype of a number, got another"));
  else {
    const scalar = first instanceof NumpyType ? numpyScalar(first, second) : undefined;
    stack.push(
      scalar ?? stack.fail("expected a dtype and its bytes in a numpy scalar, got others"),
    );
    if (typeof second === "string") stack.giveBack([first, second], second);
  }
}

/** Python's names of the opcodes that import or call what the file asks for, or fetch it from elsewhere. */
const refused: Readonly<Record<string, string>> = {
  i: "INST",
  o: "OBJ",
  P: "PERSID",
  Q: "BINPERSID",
  "\x81": "NEWOBJ",
  "\x82": "EXT1",
  "\x83": "EXT2",
  "\x84": "EXT4",
  "\x92": "NEWOBJ_EX",
  "\x97": "NEXT_BUFFER",
  "\x98": "READONLY_BUFFER",
};

function refuse(stack: PickleStack, opcode: number): never {
  const known = refused[String.fromCharCode(opcode)];
  if (known?.endsWith("_BUFFER"))
    stack.fail(
      `expected data within the file, got 0x${opcode.toString(16)} (${known}), a buffer kept outside it; pickle without buffer_callback`,
    );
  const title = `0x${opcode.toString(16).padStart(2, "0")}${known ? ` (${known})` : ""}`;
  return stack.fail(
    `expected an opcode that makes plain data, got ${title}; nothing in a pickle is executed`,
  );
}
