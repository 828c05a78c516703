import { statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, extname } from "node:path";
import { type FoundFile, filesIn } from "../data/file-tree.js";
import { GatedRnnError } from "../errors.js";

/** The kinds of files that a folder of own data may have, by their endings. */
const kinds = {
  midi: [".mid", ".midi", ".kar"],
  wav: [".wav"],
  csv: [".csv", ".tsv"],
  text: [".txt"],
} as const;
type OwnKind = keyof typeof kinds;

/** The files of a folder or archive that are of any kind that is known, or the one file. */
export async function ownFiles(path: string): Promise<FoundFile[]> {
  const endings = Object.values(kinds).flat();
  if (statSync(path).isFile() && !/\.zip$/i.test(path))
    return [{ name: basename(path), read: () => readFile(path) }];
  const files: FoundFile[] = [];
  for await (const file of filesIn(path, endings)) files.push(file);
  return files;
}

/** @throws GatedRnnError `usage` for none, files of several kinds, and one piece of sound alone */
export function ownKind(path: string, files: readonly FoundFile[]): OwnKind {
  const counts = new Map<OwnKind, number>();
  for (const { name } of files) {
    const ending = extname(name).toLowerCase();
    const kind = (Object.keys(kinds) as OwnKind[]).find((k) => kinds[k].some((e) => e === ending));
    if (kind) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const [found, ...more] = [...counts.keys()];
  const single = statSync(path).isFile() && !/\.zip$/i.test(path);
  if (found === undefined)
    throw new GatedRnnError(
      "usage",
      `${path}: expected ${single ? "a .csv or .txt file, or a folder" : "MIDI, WAV, CSV or text files"}, got none of them`,
    );
  if (more.length > 0)
    throw new GatedRnnError(
      "usage",
      `${path}: expected files of one kind, got ${[...counts].map(([kind, n]) => `${n} of ${kind}`).join(" and ")}; give a folder for each`,
    );
  if (single && (found === "midi" || found === "wav"))
    throw new GatedRnnError(
      "usage",
      `${path}: expected a folder of ${found === "midi" ? "MIDI" : "WAV"} files, to be split into training, validation and test, got one`,
    );
  return found;
}
