import type { MusicDataset, SpeechDataset } from "../data/dataset.js";
import { musicTask } from "./music.js";
import { speechTask } from "./speech.js";
import type { Task } from "./task.js";

/** What a run can be trained on without further words: the paper's two kinds. */
export type Dataset = MusicDataset | SpeechDataset;

/** A data set's task: the same for the same set, so that runs side by side share its batches. */
export function taskOf(dataset: Dataset): Task {
  const known =
    tasks.get(dataset) ?? (dataset.kind === "music" ? musicTask(dataset) : speechTask(dataset));
  tasks.set(dataset, known);
  return known;
}

const tasks = new WeakMap<Dataset, Task>();
