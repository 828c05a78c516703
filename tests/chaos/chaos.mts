// Faults on purpose, and what is left of a sweep afterwards. Ends with 1 when anything is lost, twice, or of other bits.
//   npm run chaos                    100 runs under 200 kills, 500 kills while checkpoints are written, PostgreSQL, wrong clocks, strange rows, damaged databases
//   npm run chaos -- --quick         the same with fewer kills, about 2 minutes
//   npm run chaos -- --only disk     only faults whose names contain this
//   npm run chaos -- --json FILE     the figures as JSON too
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { fullDisk, killsWhileWriting } from "./checkpoints.mts";
import { damagedDatabase, sameNumbers, wrongClocks } from "./circumstances.mts";
import { damagedCheckpoints } from "./damaged-checkpoints.mts";
import {
  type Fault,
  type KillOptions,
  killsOnEmbedded,
  killsOnPostgres,
  undisturbed,
} from "./kills.mts";
import { codeVersion, machine } from "./library.mts";
import { mistakes } from "./mistakes.mts";
import { strangeRows } from "./strange-rows.mts";

const text = { type: "string" } as const;
const { values: options } = parseArgs({
  options: { quick: { type: "boolean" }, only: text, json: text },
});
const folder = mkdtempSync(join(tmpdir(), "gated-rnn-chaos-"));
chmodSync(folder, 0o755); // the PostgreSQL server runs as somebody else
const size = options.quick
  ? { learningRates: 10, kills: 25, restarts: 2 }
  : { learningRates: 48, kills: 200, restarts: 10 };
const kills: KillOptions = { folder, ...size };
let reference: Promise<string> | undefined;
const once = () => (reference ??= undisturbed(kills));

const faults: readonly (readonly [name: string, cause: () => Promise<Fault>])[] = [
  ["mistakes", () => mistakes(folder)],
  ["full disk", () => fullDisk(folder)],
  ["checkpoints", () => killsWhileWriting(folder, options.quick ? 40 : 500)],
  [
    "damaged checkpoints",
    async () => damagedCheckpoints(kills, await once(), options.quick ? 2 : 40),
  ],
  [
    "clock",
    async () =>
      wrongClocks(kills, await once(), options.quick ? [3, -3] : [3, -3, 30_000, -30_000, 0, -3]),
  ],
  ["process number", async () => sameNumbers(kills, await once(), !options.quick)],
  ["damaged database", async () => damagedDatabase(kills, await once(), options.quick ? 2 : 40)],
  ...(options.quick
    ? []
    : [["strange rows", async () => strangeRows(kills, await once())] as const]),
  ["kills on the embedded database", async () => killsOnEmbedded(kills, await once())],
  ["kills on PostgreSQL", async () => killsOnPostgres(kills, await once())],
];

const here = { machine: machine(), code: codeVersion() };
console.log(JSON.stringify(here));
const results: Fault[] = [];
try {
  for (const [name, cause] of faults) {
    if (options.only && !name.includes(options.only)) continue;
    const result = await cause();
    results.push(result);
    const figures = Object.entries(result.figures).map(([what, value]) => `${what} ${value}`);
    console.log(`${result.faults.length === 0 ? "✓" : "✗"} ${result.name}: ${figures.join(", ")}`);
    for (const fault of result.faults) console.log(`    ${fault}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`load ${loadavg()[0].toFixed(1)}`);
if (options.json) writeFileSync(options.json, `${JSON.stringify({ ...here, results }, null, 1)}\n`);
process.exit(results.every((result) => result.faults.length === 0) ? 0 : 1);
