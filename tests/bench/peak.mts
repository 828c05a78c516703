import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** GFLOP/s of fused multiply-adds: at the core's widest vectors, and at the 128 bits of WebAssembly. */
export interface Peaks {
  readonly core: number;
  readonly wasm: number;
}

/** One core's peaks, measured as often as it is asked; undefined without a C compiler. */
export interface Peak {
  measure(): Peaks | undefined;
  close(): void;
}

export function peak(): Peak {
  const folder = mkdtempSync(join(tmpdir(), "gated-rnn-peak-"));
  const [core, wasm] = ["core", "wasm"].map((name) => join(folder, name));
  const source = fileURLToPath(new URL("peak.c", import.meta.url));
  let there = true;
  try {
    for (const [program, ...options] of [[core], [wasm, "-DLANES=4"]])
      execFileSync(
        process.env.CC || "cc",
        ["-O3", "-march=native", "-ffp-contract=fast", ...options, source, "-o", program],
        { stdio: "ignore" },
      );
  } catch {
    there = false;
  }
  const measured = (program: string) => Number(execFileSync(program, { encoding: "utf8" }));
  return {
    measure: () => (there ? { core: measured(core), wasm: measured(wasm) } : undefined),
    close: () => rmSync(folder, { recursive: true }),
  };
}
