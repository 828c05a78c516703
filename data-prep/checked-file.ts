import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import type { SourceFile } from "./sources.js";

/** What is wrong with a file that should be a source: null when it is exactly what it must be, "missing" when there is none. */
export async function problemOf(
  file: string,
  source: Pick<SourceFile, "bytes" | "sha256">,
): Promise<string | null> {
  const found = await stat(file).catch(() => null);
  if (!found?.isFile()) return "missing";
  if (found.size !== source.bytes) return `expected ${source.bytes} bytes, got ${found.size}`;
  const sha256 = await sha256Of(file);
  return sha256 === source.sha256 ? null : `expected sha256 ${source.sha256}, got ${sha256}`;
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}
