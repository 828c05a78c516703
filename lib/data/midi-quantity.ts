import type { ByteReader } from "./byte-reader.js";

/**
 * A number of MIDI files, seven bits a byte, high bits first; all bytes but the last have their high bit set.
 *
 * @throws BadFileError when it has more than four bytes, or is cut off
 */
export function variableLength(reader: ByteReader, what: string): number {
  const offset = reader.offset;
  let value = 0;
  for (let i = 0; i < 4; i++) {
    const byte = reader.uint8(what);
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return value;
  }
  return reader.fail(`expected ${what} of at most four bytes, got more`, offset);
}

/** The same as bytes. */
export function variableLengthBytes(value: number): number[] {
  const bytes = [value & 0x7f];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes.unshift((rest & 0x7f) | 0x80);
  return bytes;
}
