import { lstatSync, mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { GatedRnnError } from "../errors.js";

/**
 * Makes a folder and those above it. Node's own recursive `mkdir` turns in a circle for ever where a folder is there and takes no
 * others, such as /proc; this one makes one folder after the other and each once.
 *
 * @throws GatedRnnError `record`, naming the first that cannot be made, and why
 */
export function makeFolder(folder: string): void {
  makeEach(missingFolders(folder), folder);
}

/** What has to be made for a folder to be there, the uppermost first. @throws GatedRnnError when something else is in the way */
export function missingFolders(folder: string): string[] {
  const missing: string[] = [];
  let place = resolve(folder);
  for (; !isFolder(place, folder); place = dirname(place)) missing.unshift(place);
  return missing;
}

/** Makes folders, each within the one before. `told` is how messages name the last. */
export function makeEach(folders: readonly string[], told: string): void {
  for (const each of folders)
    try {
      mkdirSync(each);
    } catch (error) {
      if (isFolder(each, told)) continue; // another process was faster
      throw noFolder(told, reason(error as NodeJS.ErrnoException, each));
    }
}

/** Whether a folder is there; false when nothing is. @throws GatedRnnError when something else is in its place */
function isFolder(place: string, folder: string): boolean {
  try {
    if (statSync(place).isDirectory()) return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOTDIR") return false; // what is above it is told of
    if (code !== "ENOENT") throw noFolder(folder, (error as Error).message);
    if (lstatSync(place, { throwIfNoEntry: false }) === undefined) return false;
    throw noFolder(folder, `${place}, a symbolic link that leads nowhere`);
  }
  throw noFolder(folder, `${place}, which is no folder`);
}

/** ENOENT from a folder whose parent is there says nothing to a reader. */
function reason({ code, message }: NodeJS.ErrnoException, place: string): string {
  return code === "ENOENT" ? `${dirname(place)}, which takes no folders` : message;
}

function noFolder(folder: string, problem: string): GatedRnnError {
  return new GatedRnnError(
    "record",
    `${folder}: expected a folder that can be written, got ${problem}; choose another place`,
  );
}
