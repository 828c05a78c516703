import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";
import { datasetNames, openData } from "../../data-prep/open.js";
import { type CsvTable, readCsv } from "../data/csv.js";
import { GatedRnnError } from "../errors.js";
import { csvTask } from "./csv.js";
import { checkDataOptions, type DataOptions } from "./data-options.js";
import { taskOf } from "./index.js";
import { memoryTask, memoryTaskNames } from "./memory.js";
import type { OpenedTask } from "./opened.js";
import { ownFiles, ownKind } from "./own-files.js";
import { midiTask, wavTask } from "./own-sound.js";
import { taskName } from "./task-name.js";
import { textFilesTask } from "./text-files.js";

/** The options that mean something for each kind of own files. */
const fitting = {
  midi: ["split"],
  wav: ["split", "sequenceSamples"],
  text: ["split", "steps"],
  csv: ["split", "target", "input", "predict", "of", "sequence"],
} as const;

/** @throws GatedRnnError `usage` for an option that would be passed over */
function checkFit(data: string, options: DataOptions, fit: readonly string[]): void {
  const wrong = Object.keys(options).find((option) => !fit.includes(option));
  if (wrong === undefined) return;
  throw new GatedRnnError(
    "usage",
    `${data}: expected ${fit.length > 0 ? `no options but ${fit.join(", ")}` : "no options"} for data of this kind, got ${wrong}`,
  );
}

/**
 * Data by the name of a set or of a memory task (recall-40, adding-100), or by a path: a folder (or zip archive) of MIDI, WAV, CSV or text files,
 * or one CSV or text file. Files in folders `train`, `valid` and `test` are these splits; else the
 * splits are made by a seeded rule.
 *
 * @throws GatedRnnError `usage` for what is neither a name nor there; what the readers throw
 */
export async function openTask(
  data: string,
  given: DataOptions = {},
  signal?: AbortSignal,
): Promise<OpenedTask> {
  const options = checkDataOptions(given);
  if (datasetNames.includes(data)) {
    checkFit(data, options, []);
    const dataset = await openData(data, signal);
    return { task: taskOf(dataset), dataset, notices: [] };
  }
  const memory = memoryTask(data);
  if (memory) {
    checkFit(data, options, []);
    return memory;
  }
  if (!existsSync(data))
    throw new GatedRnnError(
      "usage",
      `data: expected one of ${[...datasetNames, ...memoryTaskNames].join(", ")}, or a folder or file of your own, got ${data}`,
    );
  const title = basename(resolve(data)).replace(/\.[a-z0-9]{1,4}$/i, "");
  const named = taskName(title);
  const name = datasetNames.includes(named) ? `own-${named}` : named;
  const about = { name, title };
  const files = await ownFiles(data);
  const kind = ownKind(data, files);
  checkFit(data, options, fitting[kind]);
  switch (kind) {
    case "midi":
      return midiTask(data, about, options);
    case "wav":
      return wavTask(data, about, options, files);
    case "csv": {
      const tables: CsvTable[] = [];
      for (const { name, read } of files) tables.push(readCsv(await read(), name));
      return csvTask(tables, about, options);
    }
    case "text":
      return textFilesTask(files, about, options);
  }
}
