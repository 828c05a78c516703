import { lstatSync, readlinkSync, realpathSync, type Stats, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { GatedRnnError } from "../errors.js";

/** Where a file's bytes go: through symbolic links, and whether it is a device or a pipe, which no other file may replace. */
interface Target {
  readonly path: string;
  readonly isStream: boolean;
}

/** @throws GatedRnnError `record` when a folder, or a link that leads nowhere, is in the file's place */
export function targetOf(file: string): Target {
  const found = look(file, statSync);
  if (found?.isDirectory()) throw unwritable(file, new Error("a folder of that name"));
  if (found) {
    if (!found.isFile()) return { path: file, isStream: true };
    return {
      path: look(file, lstatSync)?.isSymbolicLink() ? realpathSync(file) : file,
      isStream: false,
    };
  }
  if (!look(file, lstatSync)) return { path: file, isStream: false };
  const missing = resolve(dirname(file), readlinkSync(file));
  throw unwritable(file, new Error(`a symbolic link that leads nowhere (${missing})`));
}

/** What is there; nothing when nothing is, or when its folder is not there yet. */
function look(file: string, stat: typeof statSync): Stats | undefined {
  try {
    return stat(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw unwritable(file, error);
  }
}

export function unwritable(file: string, error: unknown): GatedRnnError {
  const { message, code = "" } = error as NodeJS.ErrnoException;
  const remedy = ["ENOSPC", "EDQUOT"].includes(code) ? "make room there" : "choose another place";
  return new GatedRnnError("record", `${file}: expected to write it, got ${message}; ${remedy}`, {
    cause: error,
  });
}

/** A disk that has too little left, told as the system tells of a full one. */
export function noRoom(free: number, needed: number): Error {
  const message = `${free.toLocaleString("en")} bytes free for ${needed.toLocaleString("en")}`;
  return Object.assign(new Error(message), { code: "ENOSPC" });
}
