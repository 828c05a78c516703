import { existsSync } from "node:fs";
import { createServer } from "node:http";
import { GatedRnnError } from "../errors.js";
import { contentSecurityPolicy, sweepBody, sweepPage } from "../show/sweep-page.js";
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

/** What is shown came from elsewhere: a browser runs nothing but the page's own script, and shows it in no other page. */
const safety = {
  "cache-control": "no-store",
  "content-security-policy": contentSecurityPolicy,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
};

/**
 * Serves the page of a sweep to this machine only, on 127.0.0.1.
 *
 * @param port 0 for any that is free
 * @throws GatedRnnError `usage` when the port is taken
 */
export async function serveStatus(
  source: StatusSource,
  port: number,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer(async ({ url, headers, method = "" }, answer) => {
    const reply = (code: number, type = "text/plain", text = "") =>
      answer
        .writeHead(code, { "content-type": `${type}; charset=utf-8`, ...safety })
        .end(method === "HEAD" ? "" : text);
    // a name that leads here from elsewhere is a page of somebody else's, asking in the reader's browser
    if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(headers.host ?? "")) return reply(403);
    if (method !== "GET" && method !== "HEAD") return reply(405);
    try {
      switch (url) {
        case "/":
          return reply(200, "text/html", sweepPage());
        case "/body":
          return reply(200, "text/html", sweepBody(await source()));
        case "/status.json":
          return reply(200, "application/json", JSON.stringify(await source()));
        default:
          return reply(404);
      }
    } catch (error) {
      return reply(503, "text/plain", (error as Error).message);
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const taken = `watch: expected port ${port} to be free, got ${error.code}; choose another with --port`;
      reject(new GatedRnnError("usage", taken, { cause: error }));
    });
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  const used = typeof address === "object" && address ? address.port : port;
  return {
    url: `http://127.0.0.1:${used}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
