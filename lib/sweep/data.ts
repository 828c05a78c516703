import { datasetNames } from "../../data-prep/open.js";
import { GatedRnnError } from "../errors.js";
import type { DataOptions } from "../tasks/data-options.js";
import { isMemoryTask } from "../tasks/memory.js";
import { musicTask } from "../tasks/music.js";
import { openTask } from "../tasks/open.js";
import { rowsTask } from "../tasks/rows.js";
import type { TaskSource } from "../tasks/source.js";
import type { Task } from "../tasks/task.js";

/** From what a run's own process makes its task: a name or path, or the task's plain data. */
export type RunData =
  | { readonly kind: "opened"; readonly data: string; readonly reading?: DataOptions }
  | { readonly kind: "sent"; readonly source: TaskSource };

/** @throws what opening the data throws */
export async function taskOfRun(from: RunData): Promise<Task> {
  if (from.kind === "opened") return (await openTask(from.data, from.reading)).task;
  const { source } = from;
  return source.kind === "music" ? musicTask(source.dataset) : rowsTask(source.data);
}

/** Of data that a plan names: what decides its runs, and from what their processes make it. */
interface OpenData {
  readonly task: Task;
  readonly from: RunData;
}

/** The data that this machine has for its sweep. */
export interface SweepData {
  /**
   * Data by their name in a plan, opened once: a set of the package, or what was given here. A path in
   * somebody else's plan is not followed: a shared database must not say which files are read.
   *
   * @throws GatedRnnError `usage` for what is neither; what opening the data throws
   */
  open(data: string, reading?: DataOptions, signal?: AbortSignal): Promise<OpenData>;
  /** Those that a run's configuration calls by a name. */
  named(name: string): Promise<OpenData>;
}

/** @param own what this machine's user names: paths, which are followed, and tasks by their names */
export function sweepData(own: {
  readonly paths?: readonly string[] | undefined;
  readonly tasks?: readonly Task[] | undefined;
}): SweepData {
  const given = new Map((own.tasks ?? []).map((task) => [task.name, task]));
  const opened = new Map<string, OpenData>();
  const byName = new Map<string, { readonly data: string; readonly found: OpenData }>();
  const make = async (
    data: string,
    reading: DataOptions | undefined,
    signal: AbortSignal | undefined,
  ): Promise<OpenData> => {
    const task = given.get(data);
    if (task) return { task, from: { kind: "sent", source: sourceOf(task) } };
    const isNamed = datasetNames.includes(data) || isMemoryTask(data);
    if (!isNamed && !own.paths?.includes(data))
      throw new GatedRnnError(
        "usage",
        `sweep: expected data of ${datasetNames.join(", ")}, or such as were given here, got ${data}; ask for the same plan with them`,
      );
    const options = isNamed ? undefined : reading;
    const from = { kind: "opened" as const, data, ...(options ? { reading: options } : {}) };
    return { task: (await openTask(data, options, signal)).task, from };
  };
  const open: SweepData["open"] = async (data, reading, signal) => {
    const key = JSON.stringify([data, reading]);
    const found = opened.get(key) ?? (await make(data, reading, signal));
    opened.set(key, found);
    const { name } = found.task;
    const other = byName.get(name);
    if (other && other.found.task.checksum !== found.task.checksum)
      throw new GatedRnnError(
        "usage",
        `sweep: expected data of different names, got ${other.data} and ${data}, both called ${name}; rename one`,
      );
    byName.set(name, { data, found });
    return found;
  };
  return { open, named: async (name) => byName.get(name)?.found ?? open(name) };
}

function sourceOf({ name, source }: Task): TaskSource {
  if (source) return source;
  throw new GatedRnnError(
    "usage",
    `sweep: expected tasks that another process can make again, got ${name}; make it by sequenceTask, textTask or musicTask, name a set or a path, or train it by train`,
  );
}
