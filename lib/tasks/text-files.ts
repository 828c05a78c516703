import { decodeText } from "../data/csv.js";
import type { Split } from "../data/dataset.js";
import type { FoundFile } from "../data/file-tree.js";
import { splitOfPath } from "../data/split-rule.js";
import { type DataOptions, ruleOf } from "./data-options.js";
import type { OpenedTask } from "./opened.js";
import type { About } from "./own-sound.js";
import { textTask } from "./text.js";

/** One text file, or several: each a text of its own. */
export async function textFilesTask(
  files: readonly FoundFile[],
  about: About,
  { steps, split }: DataOptions,
): Promise<OpenedTask> {
  const task = textTask(await texts(files), {
    ...about,
    ...(steps === undefined ? {} : { steps }),
    ...(split ? { split: ruleOf(split) } : {}),
  });
  return { task, notices: [] };
}

async function texts(files: readonly FoundFile[]) {
  const read: { split: Split | undefined; text: string }[] = [];
  for (const { name, read: bytes } of files)
    read.push({ split: splitOfPath(name), text: decodeText(await bytes(), name) });
  if (read.length === 1) return read[0].text;
  if (read.some(({ split }) => split === undefined)) return read.map(({ text }) => text);
  const of = (split: Split) => read.filter((r) => r.split === split).map(({ text }) => text);
  return { train: of("train"), valid: of("valid"), test: of("test") };
}
