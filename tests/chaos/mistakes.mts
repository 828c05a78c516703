import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Fault } from "./kills.mts";
import { command } from "./library.mts";

/** What people get wrong: each must end in one clear line that names it, with nothing written. */
export async function mistakes(folder: string): Promise<Fault> {
  const data = join(folder, "data");
  mkdirSync(join(data, "prepared"), { recursive: true });
  const out = join(folder, "mistaken");
  const file = join(folder, "a-file");
  writeFileSync(file, "");
  const cases: readonly (readonly [what: string, args: readonly string[], message: RegExp])[] = [
    [
      "a bad configuration",
      ["--data", "synthetic", "--epochs", "-1"],
      /--epochs.*expected a whole number from 1 to \d+, got -1/,
    ],
    ["no configuration", [], /expected --data or --preset, got neither/],
    ["an unknown data set", ["--data", "bach"], /expected one of jsb, .*, got bach/],
    [
      "an unknown cell",
      ["--data", "synthetic", "--cells", "gruu"],
      /expected one of tanh, gru, lstm, .*, got gruu/,
    ],
    ["a missing file", ["--data", "jsb"], /jsb: expected .*, got none/],
    [
      "an unreachable database",
      ["--data", "synthetic", "--db", "postgres://127.0.0.1:1/none"],
      /127\.0\.0\.1:1\/none: .*ECONNREFUSED/,
    ],
    [
      "no address of a database",
      ["--data", "synthetic", "--db", "here"],
      /expected an address such as postgres:.*, got another kind of text, not shown here/,
    ],
    [
      "a folder that is a file",
      ["--data", "synthetic", "--out", file],
      /a-file: expected a folder that can be written, got .*a-file, which is no folder/,
    ],
  ];
  const env = {
    ...process.env,
    GATED_RNN_DATA: data,
    GATED_RNN_MIRROR: join(folder, "none"),
    GATED_RNN_OFFLINE: "1",
  };
  const faults: string[] = [];
  for (const [what, args, message] of cases) {
    const where = args.includes("--out") ? [] : ["--out", out];
    const { status, stderr, stdout } = spawnSync(
      process.execPath,
      [command, "sweep", ...args, ...where],
      { env, encoding: "utf8" },
    );
    const lines = stderr
      .trim()
      .split("\n")
      .filter((line) => !line.startsWith("preparing "));
    if (!message.test(lines.at(-1) ?? "")) faults.push(`${what}: says ${JSON.stringify(stderr)}`);
    if (lines.length !== 1 || stdout !== "") faults.push(`${what}: ${lines.length} lines`);
    if (status !== 1 && status !== 2) faults.push(`${what}: exit code ${status}`);
    if (existsSync(out)) {
      faults.push(`${what}: leaves ${readdirSync(out).join(", ")}`);
      rmSync(out, { recursive: true });
    }
  }
  return { name: "mistakes", figures: { tried: cases.length }, faults };
}
