import { closeSync, readSync } from "node:fs";
import { openRegularFile } from "../files/regular-file.js";

/** Bytes that are read where they are needed, from memory or from a file that may be larger than memory. */
export interface ByteSource {
  /** Name for messages. */
  readonly file: string;
  readonly size: number;
  /** The bytes from `position` on, at most `count`, fewer at the end. */
  read(position: number, count: number): Uint8Array;
  close(): void;
}

export function bytesInMemory(bytes: Uint8Array, file: string): ByteSource {
  return {
    file,
    size: bytes.length,
    read: (position, count) => bytes.subarray(position, position + count),
    close: () => {},
  };
}

/** Opens a file; `close` it. @throws like `openRegularFile` */
export function bytesOfFile(file: string): ByteSource {
  const { descriptor, size } = openRegularFile(file);
  const read = (position: number, count: number) => {
    const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(count, size - position)));
    let done = 0;
    while (done < bytes.length) {
      const got = readSync(descriptor, bytes, done, bytes.length - done, position + done);
      if (got === 0) break; // the file has shrunk
      done += got;
    }
    return bytes.subarray(0, done);
  };
  return { file, size, read, close: () => closeSync(descriptor) };
}
