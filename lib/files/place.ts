import { fsyncSync, statfsSync } from "node:fs";
import { dirname, join } from "node:path";
import { makeFolder } from "./folder.js";
import { noRoom, targetOf, unwritable } from "./target.js";
import { discard, temporaryName, withDescriptor, writeAll } from "./whole-file.js";

/** Written for a trial: a block of any disk. */
const trial = new Uint8Array(4096);

/**
 * Tries whether files can be written, before the work whose outcome they are to hold: makes their folders, and writes and removes
 * a file of each one's temporary name. What is there already stays as it is.
 *
 * @param bytes how much each will take, where that is known
 * @throws GatedRnnError `record`, naming the first that cannot be written, and why
 */
export function tryFiles(files: readonly string[], bytes = 0): void {
  for (const file of files) {
    const { path, isStream } = targetOf(file);
    if (isStream) continue;
    makeFolder(dirname(path));
    attempt(temporaryName(path), file, bytes);
  }
}

/** The same for a folder whose files have no names yet. */
export function tryFolder(folder: string): void {
  makeFolder(folder);
  attempt(temporaryName(join(folder, "trial")), folder, 0);
}

function attempt(temporary: string, told: string, bytes: number): void {
  try {
    withDescriptor(temporary, "w", (descriptor) => {
      writeAll(descriptor, trial);
      fsyncSync(descriptor);
    });
    const free = freeBytes(dirname(temporary));
    if (free < bytes) throw noRoom(free, bytes);
  } catch (error) {
    throw unwritable(told, error);
  } finally {
    discard(temporary);
  }
}

function freeBytes(folder: string): number {
  const { blocks, bavail, bsize } = statfsSync(folder);
  return blocks === 0 ? Number.POSITIVE_INFINITY : bavail * bsize; // some network file systems do not tell
}
