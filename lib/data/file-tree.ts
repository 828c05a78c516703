import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { GatedRnnError } from "../errors.js";
import { zipEntries } from "./zip.js";

export interface FoundFile {
  /** Path inside the folder or archive, with forward slashes. */
  readonly name: string;
  read(): Promise<Uint8Array>;
}

/**
 * The files with given endings in a folder and the folders in it, or in a zip archive, in the order of their names (in an archive:
 * its own order). Each is in memory only once it is read. Hidden files and macOS' resource copies are left out.
 *
 * @param endings such as ".mid", in lower case
 * @throws GatedRnnError `usage` when there is no such folder or archive
 */
export async function* filesIn(
  path: string,
  endings: readonly string[],
): AsyncGenerator<FoundFile> {
  const wanted = (name: string) =>
    endings.some((ending) => name.toLowerCase().endsWith(ending)) &&
    !name.split("/").some((part) => part.startsWith(".") || part === "__MACOSX");
  if (/\.zip$/i.test(path)) {
    try {
      for await (const entry of zipEntries(path)) if (wanted(entry.name)) yield entry;
    } catch (error) {
      throw missing(path, error);
    }
    return;
  }
  let names: string[];
  try {
    const found = await readdir(path, { recursive: true, withFileTypes: true });
    names = found
      .filter((f) => f.isFile())
      .map((f) => relative(path, join(f.parentPath, f.name)).split(sep).join("/"));
  } catch (error) {
    throw missing(path, error);
  }
  for (const name of names.sort())
    if (wanted(name)) yield { name, read: () => readFile(join(path, name)) };
}

function missing(path: string, error: unknown): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  return syscall
    ? new GatedRnnError("usage", `${path}: expected a folder or a zip archive, got ${code}`, {
        cause: error,
      })
    : error;
}
