import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { z } from "zod";
import { GatedRnnError } from "../errors.js";
import { makeFolder } from "../files/folder.js";
import { unwritable } from "../files/target.js";

const holder = z.object({
  host: z.string(),
  pid: z.number().int(),
  since: z.string(),
  token: z.string().default(""),
});
export type Holder = z.infer<typeof holder>;

/** How long a lock that was taken over must stay ours before we believe it, in ms: two may have seen the same dead holder. */
const settling = 150;

/**
 * Takes a lock that one process at a time can hold: a file that names its holder. A holder on this machine that is dead, by
 * `kill -9`, is replaced; one on another machine that shares the folder cannot be asked, and keeps it.
 *
 * @returns the release; the lock of a process that dies is free too
 * @throws GatedRnnError `locked`, naming the holder
 */
export async function lockFile(file: string, what: string): Promise<() => void> {
  const mine: Holder = {
    host: hostname(),
    pid: process.pid,
    since: new Date().toISOString(),
    token: String(process.hrtime.bigint()),
  };
  const text = JSON.stringify(mine);
  const own = `${file}.${process.pid}`;
  makeFolder(dirname(file));
  try {
    writeFileSync(own, text);
  } catch (error) {
    throw unwritable(file, error);
  }
  try {
    linkSync(own, file); // atomic, and fails when it is there: the whole content appears at once
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    const other = read(file);
    if (other && isAlive(other)) {
      const where = other.host === mine.host ? "" : ` on ${other.host}`;
      const remedy = `stop it, or remove ${file} if that is no sweep any more`;
      throw new GatedRnnError(
        "locked",
        `${what}: expected to be its only user, got process ${other.pid}${where} since ${other.since}; ${remedy}`,
      );
    }
    renameSync(own, file);
    await new Promise((resolve) => setTimeout(resolve, settling));
    const now = read(file);
    if (JSON.stringify(now) !== text)
      throw new GatedRnnError(
        "locked",
        `${what}: expected to be its only user, got process ${now?.pid} at the same moment; wait for it or stop it`,
      );
  } finally {
    rmSync(own, { force: true });
  }
  return () => {
    if (JSON.stringify(read(file)) === text) rmSync(file, { force: true });
  };
}

/** Whether a process still runs; one on another machine is taken to. */
export function isAlive({ host, pid }: Pick<Holder, "host" | "pid">): boolean {
  if (host !== hostname()) return true;
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function read(file: string): Holder | undefined {
  try {
    return holder.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return undefined; // gone meanwhile, or nothing that we wrote
  }
}
