import { existsSync } from "node:fs";
import { GatedRnnError } from "../errors.js";
import { sweepData } from "./data.js";
import type { Database } from "./database.js";
import { type Group, plannedGroups } from "./plan.js";
import { SweepQueue } from "./queue.js";
import { readStatus, statusFile } from "./results-folder.js";
import { type SweepStatus, statusOf } from "./status.js";

/** Where a sweep's status is looked up, each time anew. */
export type StatusSource = () => Promise<SweepStatus>;

/**
 * The status that a supervisor on this machine writes into its folder.
 *
 * @throws GatedRnnError `record` when there is none, or it is not what a supervisor writes
 */
export function folderStatus(folder: string): StatusSource {
  const file = statusFile(folder);
  return async () => {
    if (!existsSync(file))
      throw new GatedRnnError(
        "record",
        `${folder}: expected a sweep's status.json, got none; start gated-rnn sweep --out ${folder}`,
      );
    return readStatus(file);
  };
}

/** The status of all that a database knows, whoever is at work. Rows that are none, and plans that make no sense, are left out. */
export async function databaseStatus(
  database: Database,
  onProblem: (problem: string) => void,
  signal?: AbortSignal,
): Promise<StatusSource> {
  const queue = await SweepQueue.open(database, { onProblem });
  const records = new Map((await queue.results()).map((record) => [record.id, record]));
  let known = 0;
  let groups: readonly Group[] = [];
  return async () => {
    const plans = await queue.plans();
    if (plans.length !== known)
      groups = (await plannedGroups(plans, sweepData({}), signal, onProblem)).flatMap(
        ({ groups }) => groups,
      );
    known = plans.length;
    for (const record of await queue.results(records.keys())) records.set(record.id, record);
    const live = (await queue.active()).map(({ run, host, pid, progress }) => {
      return { run, supervisor: `${host} ${pid}`, progress };
    });
    const status = statusOf("running", groups, records, live, await queue.dead());
    return status.runs.done === status.runs.total ? { ...status, state: "done" } : status;
  };
}
