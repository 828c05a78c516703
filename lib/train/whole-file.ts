import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { GatedRnnError } from "../errors.js";

/**
 * Writes a file that is whole or not there at all, even when the process is killed or the power goes: under a temporary name in the
 * same folder, flushed to the disk, renamed, and the folder flushed. What was there before stays until then.
 *
 * @throws GatedRnnError `record`, naming the path and the cause, when the file cannot be written; the former one is still there
 */
export function writeWholeFile(file: string, contents: string | Uint8Array): void {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    const bytes = typeof contents === "string" ? Buffer.from(contents) : contents;
    withDescriptor(temporary, "w", (descriptor) => {
      for (let written = 0; written < bytes.length; )
        written += writeSync(descriptor, bytes, written);
      fsyncSync(descriptor);
    });
    renameSync(temporary, file);
    if (process.platform !== "win32") withDescriptor(dirname(file), "r", fsyncSync); // Windows opens no folders
  } catch (error) {
    discard(temporary);
    throw new GatedRnnError(
      "record",
      `${file}: expected to write it, got ${(error as Error).message}`,
      { cause: error },
    );
  }
}

function withDescriptor(path: string, flags: string, use: (descriptor: number) => void): void {
  const descriptor = openSync(path, flags);
  try {
    use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function discard(temporary: string): void {
  try {
    rmSync(temporary, { force: true });
  } catch {
    // the folder is no folder, or forbids it: why the file cannot be written says so already
  }
}
