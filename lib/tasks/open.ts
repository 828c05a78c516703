import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";
import { type CsvTable, readCsv } from "../data/csv.js";
import { datasetNames, openData } from "../data/open.js";
import { GatedRnnError } from "../errors.js";
import { csvTask } from "./csv.js";
import { checkDataOptions, type DataOptions } from "./data-options.js";
import { taskOf } from "./index.js";
import type { OpenedTask } from "./opened.js";
import { ownFiles, ownKind } from "./own-files.js";
import { midiTask, wavTask } from "./own-sound.js";
import { taskName } from "./task-name.js";
import { textFilesTask } from "./text-files.js";

/**
 * Data by the name of a set, or by a path: a folder (or zip archive) of MIDI, WAV, CSV or text files,
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
    const dataset = await openData(data, signal);
    return { task: taskOf(dataset), dataset, notices: [] };
  }
  if (!existsSync(data))
    throw new GatedRnnError(
      "usage",
      `data: expected one of ${datasetNames.join(", ")}, or a folder or file of your own, got ${data}`,
    );
  const title = basename(resolve(data)).replace(/\.[a-z0-9]{1,4}$/i, "");
  const named = taskName(title);
  const name = datasetNames.includes(named) ? `own-${named}` : named;
  const about = { name, title };
  const files = await ownFiles(data);
  switch (ownKind(data, files)) {
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
