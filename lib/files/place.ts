import { fsyncSync, statfsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { makeEach, missingFolders } from "./folder.js";
import { noRoom, targetOf, unwritable } from "./target.js";
import { discard, temporaryName, withDescriptor, writeAll } from "./whole-file.js";

/** Written for a trial: a block of any disk. */
const trial = new Uint8Array(4096);

/**
 * Tries whether files can be written, before the work whose outcome they are to hold: writes a file of each one's temporary name
 * and removes it. What is there stays as it is, and nothing new is left: folders that are missing are tried under other names.
 *
 * @param bytes how much each will take, where that is known
 * @throws GatedRnnError `record`, naming the first that cannot be written, and why
 */
export function tryFiles(files: readonly string[], bytes = 0): void {
  for (const file of files) {
    const { path, isStream } = targetOf(file);
    if (!isStream) attempt(dirname(path), basename(path), file, bytes);
  }
}

/** The same for a folder whose files have no names yet. */
export function tryFolder(folder: string): void {
  attempt(folder, "trial", folder, 0);
}

function attempt(folder: string, name: string, told: string, bytes: number): void {
  const missing = missingFolders(folder);
  const [top] = missing;
  const instead = top === undefined ? undefined : temporaryName(top);
  const made = missing.map((path) => `${instead}${path.slice(top.length)}`);
  const file = temporaryName(join(made.at(-1) ?? folder, name));
  try {
    makeEach(made, folder);
    probe(file, told, bytes);
  } finally {
    discard(file);
    if (instead !== undefined) discard(instead);
  }
}

function probe(file: string, told: string, bytes: number): void {
  try {
    withDescriptor(file, "w", (descriptor) => {
      writeAll(descriptor, trial);
      fsyncSync(descriptor);
    });
    const free = freeBytes(dirname(file));
    if (free < bytes) throw noRoom(free, bytes);
  } catch (error) {
    throw unwritable(told, error);
  }
}

function freeBytes(folder: string): number {
  const { blocks, bavail, bsize } = statfsSync(folder);
  return blocks === 0 ? Number.POSITIVE_INFINITY : bavail * bsize; // some network file systems do not tell
}
