import { type Dirent, readdirSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { BadFileError, GatedRnnError } from "../errors.js";
import { kindOf, readRegularFile } from "../files/regular-file.js";
import { zipEntries } from "./zip.js";

export interface FoundFile {
  /** Path inside the folder or archive, with forward slashes. */
  readonly name: string;
  /** @throws BadFileError when there is no file to read: a pipe, a device, a link that leads nowhere */
  read(): Promise<Uint8Array>;
}

/**
 * The files with given endings in a folder and the folders in it, or in a zip archive, in the order of their names (in an archive:
 * its own order). Each is in memory only once it is read. Hidden files and macOS' resource copies are left out. Symbolic
 * links are followed, each folder once.
 *
 * @param endings such as ".mid", in lower case
 * @throws GatedRnnError `usage` when there is no such folder or archive, or one that cannot be read
 */
export async function* filesIn(
  path: string,
  endings: readonly string[],
): AsyncGenerator<FoundFile> {
  const wanted = (name: string) => endings.some((ending) => name.toLowerCase().endsWith(ending));
  if (isArchive(path)) {
    const isHidden = (name: string) => name.split("/").some(isHiddenName);
    try {
      for await (const entry of zipEntries(path))
        if (wanted(entry.name) && !isHidden(entry.name)) yield entry;
    } catch (error) {
      throw missing(path, error);
    }
    return;
  }
  const found: FoundFile[] = [];
  const visited = new Set<string>();
  const links: string[] = []; // to folders, which come last: what is there under its own name keeps it
  collect(path, "", wanted, found, visited, links);
  for (const link of links) collect(path, link, wanted, found, visited, links);
  found.sort((a, b) => (a.name < b.name ? -1 : 1));
  yield* found;
}

const isHiddenName = (name: string) => name.startsWith(".") || name === "__MACOSX";

/** Whether a path is to be read as an archive: by its name, unless it is a folder. */
function isArchive(path: string): boolean {
  try {
    const isFolder = statSync(path).isDirectory();
    if (!isFolder && !/\.zip$/i.test(path))
      throw new GatedRnnError(
        "usage",
        `${path}: expected a folder or a zip archive, got ${kindOf(statSync(path))}`,
      );
    return !isFolder;
  } catch (error) {
    throw missing(path, error);
  }
}

function collect(
  root: string,
  folder: string,
  wanted: (name: string) => boolean,
  found: FoundFile[],
  visited: Set<string>,
  links: string[],
): void {
  const place = join(root, folder);
  let entries: Dirent[];
  try {
    const real = realpathSync(place);
    if (visited.has(real)) return; // a link back
    visited.add(real);
    entries = readdirSync(place, { withFileTypes: true });
  } catch (error) {
    throw missing(place, error);
  }
  for (const entry of entries) {
    if (isHiddenName(entry.name)) continue;
    const name = folder === "" ? entry.name : `${folder}/${entry.name}`;
    const path = join(root, name);
    if (entry.isDirectory()) collect(root, name, wanted, found, visited, links);
    else if (entry.isSymbolicLink() && isFolderBehind(path)) links.push(name);
    else if (wanted(entry.name)) found.push({ name, read: async () => readFound(path, name) });
  }
}

function isFolderBehind(link: string): boolean {
  try {
    return statSync(link).isDirectory();
  } catch {
    return false; // what is wrong with it is told when it is read
  }
}

/** By the name that messages have of it. */
function readFound(path: string, name: string): Buffer {
  try {
    return readRegularFile(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT")
      throw new BadFileError(name, 0, "expected a file to read, got a link that leads nowhere");
    if (error instanceof GatedRnnError)
      throw new BadFileError(name, 0, message.slice(message.indexOf(": expected") + 2));
    throw error;
  }
}

function missing(path: string, error: unknown): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  return syscall
    ? new GatedRnnError("usage", `${path}: expected a folder or a zip archive, got ${code}`, {
        cause: error,
      })
    : error;
}
