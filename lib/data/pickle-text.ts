import type { ByteReader } from "./byte-reader.js";
import { latin1 } from "./byte-reader.js";
import { narrow } from "./numpy-scalar.js";

/** The bytes up to the next newline, which is passed over. */
export function line(reader: ByteReader, what: string): Uint8Array {
  const end = reader.bytes.indexOf(0x0a, reader.position);
  if (end < 0) reader.fail(`expected ${what} up to a newline, got the end of the file`);
  const content = reader.take(end - reader.position, what);
  reader.position++;
  return content;
}

export function utf8(reader: ByteReader, count: number): string {
  const offset = reader.offset;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
      reader.take(count, "a text"),
    );
  } catch (error) {
    if (error instanceof TypeError)
      return reader.fail("expected UTF-8 text, got other bytes", offset);
    throw error;
  }
}

/** A length of 64 bits; past 2⁵³ it is not exact, and past any file anyway. */
export function size64(reader: ByteReader): number {
  const low = reader.uint32("a length");
  return low + 2 ** 32 * reader.uint32("a length");
}

/** A decimal whole number of at most 64 bits; Python's long has an L at its end. */
export function decimal(reader: ByteReader): number | bigint {
  const offset = reader.offset;
  const text = latin1(line(reader, "a whole number")).trim();
  if (!/^[+-]?\d{1,39}L?$/.test(text))
    reader.fail(`expected a whole number of at most 39 digits, got ${shown(text)}`, offset);
  return narrow(BigInt(text.replace(/^\+|L$/g, "")));
}

/** Little-endian two's complement of `count` bytes, as Python writes its long integers. */
export function longInteger(reader: ByteReader, count: number): number | bigint {
  if (count > 16) reader.fail(`expected a whole number of at most 16 bytes, got ${count}`);
  let value = 0n;
  reader.take(count, "a whole number").forEach((byte, i) => {
    value |= BigInt(byte) << BigInt(8 * i);
  });
  return narrow(BigInt.asIntN(8 * count, value));
}

/** A number as Python's repr writes it. */
export function float(reader: ByteReader): number {
  const offset = reader.offset;
  const text = latin1(line(reader, "a number"));
  const special = { inf: Infinity, "-inf": -Infinity, nan: Number.NaN }[text];
  if (special !== undefined) return special;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text))
    reader.fail(`expected a number, got ${shown(text)}`, offset);
  return Number(text);
}

const escapes: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  a: "\x07",
  b: "\b",
  f: "\f",
  v: "\v",
  "\\": "\\",
  "'": "'",
  '"': '"',
};

/** A byte string as Python 2's repr writes it, in quotes and with escapes; one character per byte. */
export function quoted(reader: ByteReader): string {
  const offset = reader.offset;
  const text = latin1(line(reader, "a string in quotes")).trimEnd();
  if (text.length < 2 || !(text[0] === "'" || text[0] === '"') || text.at(-1) !== text[0])
    reader.fail(`expected a string in quotes, got ${shown(text)}`, offset);
  return text
    .slice(1, -1)
    .replace(/\\(x[0-9a-f]{2}|[0-7]{1,3}|.)?/gis, (whole, escaped: string | undefined) => {
      if (escaped === undefined)
        return reader.fail("expected an escape after \\, got the end of the string", offset);
      if (/^x./i.test(escaped)) return String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
      if (/^[0-7]/.test(escaped)) return String.fromCharCode(Number.parseInt(escaped, 8) & 0xff);
      return escapes[escaped] ?? whole;
    });
}

/** Text as Python's raw-unicode-escape writes it. */
export function rawUnicode(reader: ByteReader): string {
  const offset = reader.offset;
  return latin1(line(reader, "a text")).replace(
    /\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/g,
    (_, four: string | undefined, eight: string) => {
      const code = Number.parseInt(four ?? eight, 16);
      return code <= 0x10ffff
        ? String.fromCodePoint(code)
        : reader.fail("expected a Unicode character, got a number past them", offset);
    },
  );
}

/** A piece of the file's text for a message. */
export function shown(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
