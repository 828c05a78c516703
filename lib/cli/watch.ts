import type { Command } from "commander";
import { GatedRnnError } from "../errors.js";
import { plain } from "../files/plain.js";
import { serveStatus } from "../show/serve-status.js";
import { activeTable, groupsTable, statusLine } from "../show/sweep-page.js";
import { tableText } from "../show/table.js";
import { openDatabase } from "../sweep/open-database.js";
import { databaseFolder } from "../sweep/results-folder.js";
import type { SweepStatus } from "../sweep/status.js";
import { databaseStatus, folderStatus } from "../sweep/status-source.js";
import { wholeNumber } from "./options.js";
import { interruptible } from "./signals.js";

interface WatchArguments {
  readonly out: string;
  readonly db?: string;
  readonly port: number;
  readonly once?: boolean;
}

export function addWatch(program: Command): void {
  program
    .command("watch")
    .description(
      "how a sweep stands: live in the terminal, and with learning curves on a page of this machine",
    )
    .option("--out <folder>", "the sweep's folder", "runs/sweep")
    .option("--db <url>", "a sweep on PostgreSQL, with all its machines")
    .option("--port <n>", "port of the page on 127.0.0.1; 0 for any", wholeNumber(0, 65_535), 8155)
    .option("--once", "print how it stands, and end")
    .action(watch);
}

async function watch({ out, db, port, once }: WatchArguments): Promise<void> {
  const { signal, done } = interruptible("");
  const database =
    db === undefined
      ? undefined
      : await openDatabase(databaseFolder(out), db, { signal, onError: () => {} });
  try {
    const warn = (problem: string) => process.stderr.write(`gated-rnn: ${problem}\n`);
    const source = database ? await databaseStatus(database, warn, signal) : folderStatus(out);
    if (once) return console.log(screen(await source()));
    let status = await source();
    const page = await serveStatus(source, port);
    while (!signal.aborted) {
      if (process.stdout.isTTY)
        process.stdout.write(
          `\x1b[H\x1b[2J${screen(status)}\n\npage: ${page.url}  (Ctrl-C leaves; the sweep goes on)\n`,
        );
      else console.log(`${statusLine(status)}; page: ${page.url}`);
      if (status.state !== "running") break;
      await pause(process.stdout.isTTY ? 1000 : 10_000, signal);
      status = await source().catch((error: unknown) => {
        if (!(error instanceof GatedRnnError)) throw error;
        warn(error.message); // a file that cannot be read now may be there again with the next look
        return status;
      });
    }
    await page.close();
  } finally {
    done();
    await database?.close();
  }
}

function screen(status: SweepStatus): string {
  const active = status.active.length > 0 ? [tableText(activeTable(status))] : [];
  const dead = status.dead.map(
    ({ run, problem }) => `given up: run ${plain(run)}: ${plain(problem)}`,
  );
  return [statusLine(status), ...dead, ...active, tableText(groupsTable(status))].join("\n\n");
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
