import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

/** What files are called until they are whole: by the number of the process that writes them. */
const unfinished = /\.(\d+)\.(?:part|part\.zip|tmp)$|\.copy-(\d+)$/;

/** The names in a folder of what processes have left that were killed while they wrote. */
export function leftoversIn(folder: string): string[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return []; // nothing there, or not to be read: whoever writes there tells
  }
  return names.filter((name) => {
    const [, first, second] = unfinished.exec(name) ?? [];
    const writer = Number(first ?? second);
    return writer > 0 && !isRunning(writer);
  });
}

/** Removes them. What cannot be removed stays. */
export function removeLeftovers(folder: string): void {
  for (const name of leftoversIn(folder)) {
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
