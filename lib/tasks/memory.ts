import { recallTask } from "../data/recall.js";
import { addingTask } from "./adding.js";
import { taskOf } from "./index.js";
import type { OpenedTask } from "./opened.js";

/** What memory tasks are called on the command line, with a number of steps for N. */
export const memoryTaskNames: readonly string[] = ["recall-N", "adding-N"];

const name = /^(recall|adding)-(\d{1,4})$/;

/** Whether data of that name are made by a rule: recall-40, adding-100. */
export const isMemoryTask = (data: string): boolean => name.test(data);

/**
 * A memory task by its name; undefined for another name.
 *
 * @throws GatedRnnError `usage` for a number of steps that is out of its range
 */
export function memoryTask(data: string): OpenedTask | undefined {
  const [, kind, steps] = name.exec(data) ?? [];
  if (kind === undefined) return undefined;
  const known = made.get(data) ?? make(kind, Number(steps));
  made.set(data, known);
  return known;
}

const made = new Map<string, OpenedTask>();

function make(kind: string, steps: number): OpenedTask {
  if (kind === "adding") return { task: addingTask(steps), notices: [] };
  const dataset = recallTask(steps);
  return { task: taskOf(dataset), dataset, notices: [] };
}
