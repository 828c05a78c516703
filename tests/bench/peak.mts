import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** One core's peak, measured as often as it is asked: GFLOP/s of fused multiply-adds; undefined without a C compiler. */
export interface Peak {
  measure(): number | undefined;
  close(): void;
}

export function peak(): Peak {
  const folder = mkdtempSync(join(tmpdir(), "gated-rnn-peak-"));
  const program = join(folder, "peak");
  const source = fileURLToPath(new URL("peak.c", import.meta.url));
  let there = true;
  try {
    execFileSync(
      process.env.CC || "cc",
      ["-O3", "-march=native", "-ffp-contract=fast", source, "-o", program],
      { stdio: "ignore" },
    );
  } catch {
    there = false;
  }
  return {
    measure: () => (there ? Number(execFileSync(program, { encoding: "utf8" })) : undefined),
    close: () => rmSync(folder, { recursive: true }),
  };
}
