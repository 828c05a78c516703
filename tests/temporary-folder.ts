import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Gives a whole test run one temporary folder, which goes when the run ends: tests make theirs within it. */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), "gated-rnn-tests-"));
  process.env.TMPDIR = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
