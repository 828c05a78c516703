import type { ByteReader } from "./byte-reader.js";
import { variableLength } from "./midi-quantity.js";

const END = 0xf7;

/**
 * Passes over a system exclusive event, whose first byte F0 has been read. In a file a length stands behind it, then the data, and F7 at
 * their end, or at the end of a later event that continues it. Read with a warning, where it is plain what was meant: an event
 * as on the wire, without the length; a length that leaves out the F7; none at all; data bytes over 127 before it.
 *
 * @throws BadFileError where it is not plain
 */
export function passSystemExclusive(reader: ByteReader, warn: (warning: string) => void): void {
  const { bytes, position: start } = reader;
  const event = `the system exclusive event at byte ${reader.offset - 1}`;
  const size = variableLength(reader, "a system exclusive length");
  const end = reader.position + size; // by the length
  const status = firstStatus(bytes, reader.position);
  const wire = firstStatus(bytes, start); // without a length, its byte is one of the data
  const fits = end <= bytes.length;
  const isEnded = fits && size > 0 && bytes[end - 1] === END;
  if (isEnded || (fits && status >= end && isContinuation(bytes, end))) {
    if (isEnded && status < end - 1) warn(`${event} has data bytes over 127`);
    reader.position = end;
  } else if (fits && status === end && bytes[end] === END) {
    warn(`the length of ${event} leaves out its end`);
    reader.position = end + 1;
  } else if (bytes[wire] === END) {
    warn(`${event} has no length`);
    reader.position = wire + 1;
  } else if (fits && status >= end) {
    warn(`${event} has no end`);
    reader.position = end;
  } else {
    reader.take(fits ? 0 : size, "a system exclusive event");
    reader.fail(`expected data bytes from 0 to 127, got ${bytes[status]}`, reader.start + status);
  }
}

/** The first byte over 127. */
function firstStatus(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && bytes[at] < 0x80) at++;
  return at;
}

/** Whether a delay of at most four bytes and the F7 of a continued event stand here. */
function isContinuation(bytes: Uint8Array, at: number): boolean {
  let last = at;
  while (last < bytes.length && bytes[last] >= 0x80) last++;
  return last - at < 4 && bytes[last + 1] === END;
}
