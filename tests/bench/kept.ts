import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { EpochResult } from "./epochs/epochs.mjs";
import { epochRows, stepRows, streamRows, threadRows, threadSaving } from "./markdown.mjs";
import type { StreamTiming } from "./stream.mjs";
import type { CaseResult } from "./table.mjs";

const folder = resolve(import.meta.dirname, "..", "..", "docs", "bench");

/** The rows of docs/speed.md, from what `npm run bench`, `-- --epochs` and `-- --stream` left in docs/bench/. */
export function keptRows(): string[] {
  return readdirSync(folder).flatMap((file) => {
    const kept = JSON.parse(readFileSync(join(folder, file), "utf8"));
    if (file === "steps.json") return stepRows(kept.results as CaseResult[]);
    if (file === "streams.json") return streamRows(kept.timings as StreamTiming[]);
    if (file === "threads.json") return [...threadRows(kept), threadSaving(kept)];
    return file === "epochs.json" ? epochRows(kept.results as EpochResult[]) : [];
  });
}
