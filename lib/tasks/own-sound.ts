import { createHash } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import type { FoundFile } from "../data/file-tree.js";
import { musicFromMidiFolder } from "../data/midi-folder.js";
import { dataFolder } from "../data/music-sets.js";
import { openSamples } from "../data/samples-file.js";
import { speechFromWavs } from "../data/speech-corpus.js";
import { type DataOptions, ruleOf } from "./data-options.js";
import { taskOf } from "./index.js";
import type { OpenedTask } from "./opened.js";

/** What a task of own data is called. */
export interface About {
  readonly name: string;
  readonly title: string;
}

/** Piano-rolls of a folder or archive of MIDI files. */
export async function midiTask(
  path: string,
  { name, title }: About,
  options: DataOptions,
): Promise<OpenedTask> {
  const { split } = options;
  const found = await musicFromMidiFolder(path, {
    name,
    ...(split ? { split: ruleOf(split) } : {}),
  });
  const dataset = { ...found.dataset, title };
  return { task: taskOf(dataset), dataset, notices: told(path, found) };
}

/** The samples of a corpus are kept where prepared sets are, for as long as its files are the same. */
export async function wavTask(
  path: string,
  about: About,
  { sequenceSamples = 8000, split }: DataOptions,
  files: readonly FoundFile[],
): Promise<OpenedTask> {
  const whole = resolve(path);
  const places = statSync(path).isFile() ? [whole] : files.map(({ name }) => join(whole, name));
  const stamps = places.map(stampOf);
  const key = createHash("sha256")
    .update(JSON.stringify([about, sequenceSamples, split, stamps]))
    .digest("hex");
  const out = join(dataFolder(), "prepared", `own-${key.slice(0, 16)}.samples`);
  if (existsSync(out)) {
    const dataset = openSamples(out);
    return { task: taskOf(dataset), dataset, notices: dataset.warnings ?? [] };
  }
  const corpus = await speechFromWavs(path, out, {
    ...about,
    sequenceSamples,
    ...(split ? { split: ruleOf(split) } : {}),
  });
  const { dataset } = corpus;
  const notices = [...(dataset.warnings ?? []), ...told(path, corpus)];
  return { task: taskOf(dataset), dataset, notices };
}

/** What changes with a file's contents; of a link that leads nowhere, its name alone. */
function stampOf(place: string): readonly (string | number)[] {
  try {
    const { size, mtimeMs } = statSync(place);
    return [place, size, mtimeMs];
  } catch {
    return [place]; // the reader says what is wrong with it
  }
}

/** What a reader left out, a line a kind with its first case; and what it says of the whole folder. */
function told(
  path: string,
  found: {
    readonly refused: readonly { readonly file: string; readonly problem: string }[];
    readonly warnings: readonly { readonly file: string; readonly warning: string }[];
    readonly duplicates: readonly unknown[];
  },
): string[] {
  const { refused, duplicates } = found;
  const warnings = found.warnings.filter(({ file }) => file !== path);
  return [
    ...found.warnings.filter(({ file }) => file === path).map(({ warning }) => warning),
    ...(refused.length > 0
      ? [`left out: ${refused.length} files, first: ${refused[0].problem}`]
      : []),
    ...(warnings.length > 0
      ? [`untidy: ${warnings.length} files, first: ${warnings[0].file}: ${warnings[0].warning}`]
      : []),
    ...(duplicates.length > 0 ? [`found twice: ${duplicates.length} pieces`] : []),
  ];
}
