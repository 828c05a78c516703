import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { makeFolder } from "./folder.js";
import { targetOf, unwritable } from "./target.js";

/**
 * Writes a file that is whole or not there at all, even when the process is killed or the power goes: under a temporary name in the
 * same folder, flushed to the disk, renamed, and the folder flushed. What was there before stays until then. A symbolic link
 * stays one; a device or a pipe is written to as it is.
 *
 * @throws GatedRnnError `record`, naming the path and the cause, when the file cannot be written; the former one is still there
 */
export function writeWholeFile(file: string, contents: string | Uint8Array): void {
  const bytes = typeof contents === "string" ? Buffer.from(contents) : contents;
  const { path, isStream } = targetOf(file);
  if (!isStream) makeFolder(dirname(path));
  const temporary = temporaryName(path);
  try {
    if (isStream) {
      withDescriptor(path, "w", (descriptor) => writeAll(descriptor, bytes));
      return;
    }
    withDescriptor(temporary, "w", (descriptor) => {
      writeAll(descriptor, bytes);
      fsyncSync(descriptor);
    });
    renameSync(temporary, path);
    if (process.platform !== "win32") withDescriptor(dirname(path), "r", fsyncSync); // Windows opens no folders
  } catch (error) {
    discard(temporary);
    throw unwritable(file, error);
  }
}

/** What a file is called until it is whole: nobody else's name, and one that is known as left over when its process is dead. */
export const temporaryName = (path: string) => `${path}.${process.pid}.tmp`;

export function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
}

export function withDescriptor(
  path: string,
  flags: string,
  use: (descriptor: number) => void,
): void {
  const descriptor = openSync(path, flags);
  try {
    use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

export function discard(temporary: string): void {
  try {
    rmSync(temporary, { recursive: true, force: true });
  } catch {
    // the folder is no folder, or forbids it: why the file cannot be written says so already
  }
}
