import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { EpochResult } from "./epochs/epochs.mjs";
import { epochRows, streamRows } from "./markdown.mjs";
import type { StreamTiming } from "./stream.mjs";

const folder = resolve(import.meta.dirname, "..", "..", "docs", "bench");

/** The rows of docs/speed.md, from what `npm run bench -- --epochs` and `--stream` left in docs/bench/. */
export function keptRows(): string[] {
  return readdirSync(folder).flatMap((file) => {
    const kept: { results?: EpochResult[]; timings?: StreamTiming[] } = JSON.parse(
      readFileSync(join(folder, file), "utf8"),
    );
    return [...epochRows(kept.results ?? []), ...streamRows(kept.timings ?? [])];
  });
}
