import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  type Stats,
  statSync,
} from "node:fs";
import { GatedRnnError } from "../errors.js";

interface OpenFile {
  readonly descriptor: number;
  readonly size: number;
}

/**
 * Opens a file to read: a real one, which ends. A pipe is not waited for, nor a device read from.
 *
 * @throws GatedRnnError `bad-file` for anything else, and for a file that cannot be read; the system's error, ENOENT, for none
 */
export function openRegularFile(path: string): OpenFile {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") throw error;
    throw unreadable(path, error);
  }
  const found = fstatSync(descriptor);
  if (found.isFile()) return { descriptor, size: found.size };
  closeSync(descriptor);
  throw notRegular(path, found);
}

/** The whole of a file. @throws like `openRegularFile` */
export function readRegularFile(path: string): Buffer {
  const { descriptor } = openRegularFile(path);
  try {
    return readFileSync(descriptor);
  } catch (error) {
    throw unreadable(path, error);
  } finally {
    closeSync(descriptor);
  }
}

/** Says in one line why a place cannot be read, whichever door was tried. */
export function unreadable(path: string, error: unknown): GatedRnnError {
  const { code, message } = error as NodeJS.ErrnoException;
  const found = code === "ENXIO" ? statSync(path, { throwIfNoEntry: false }) : undefined; // a socket
  if (found) return notRegular(path, found);
  const why =
    {
      EACCES: "a file that this user may not read",
      EPERM: "a file that this user may not read",
      ENOTDIR: "a file in the place of its folder",
      EISDIR: "a folder",
      ELOOP: "symbolic links that lead to themselves",
      ENOENT: "no such file",
    }[code ?? ""] ?? message;
  return new GatedRnnError("bad-file", `${path}: expected a file to read, got ${why}`, {
    cause: error,
  });
}

function notRegular(path: string, found: Stats): GatedRnnError {
  return new GatedRnnError("bad-file", `${path}: expected a file to read, got ${kindOf(found)}`);
}

/** What stands in a file's place. */
export function kindOf(found: Stats): string {
  if (found.isDirectory()) return "a folder";
  if (found.isFIFO()) return "a pipe";
  if (found.isSocket()) return "a socket";
  return found.isFile() ? "a file" : "a device";
}
