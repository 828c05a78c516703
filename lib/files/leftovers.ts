import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

/** What files are called until they are whole: by the number of the process that writes them. */
const unfinished = /\.(\d+)\.(?:part|part\.zip|tmp)$|\.copy-(\d+)$/;

/** Removes from a folder what processes have left that were killed while they wrote. What cannot be removed stays. */
export function removeLeftovers(folder: string): void {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return; // nothing there, or not to be read: whoever writes there tells
  }
  for (const name of names) {
    const [, first, second] = unfinished.exec(name) ?? [];
    const writer = Number(first ?? second);
    if (!(writer > 0) || isRunning(writer)) continue;
    try {
      rmSync(join(folder, name), { force: true });
    } catch {
      // a read-only folder, or a folder of that name
    }
  }
}

function isRunning(process_: number): boolean {
  if (process_ === process.pid) return true;
  try {
    process.kill(process_, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
