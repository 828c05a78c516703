// What a sweep costs beyond its runs, and what a second slot gives:
//   node tests/bench/sweep.mts [seconds of a run, about; default 20]
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { codeVersion, machine, root } from "./library.mts";

const folder = mkdtempSync(join(tmpdir(), "gated-rnn-bench-"));
const wanted = Number(process.argv[2] ?? 20);

/** A sweep of GRUs on synthetic chorales: its wall-clock seconds, those of its runs, and those until the first checkpoint was there. */
async function timed(
  name: string,
  epochs: number,
  runs: number,
  slots: number,
  watchFirst = false,
) {
  const out = join(folder, name);
  const options = {
    data: "synthetic",
    cells: "gru",
    "learning-rates": runs,
    epochs,
    patience: epochs,
    slots,
    out,
  };
  const args = Object.entries(options).flatMap(([option, value]) => [`--${option}`, String(value)]);
  const begun = performance.now();
  const seconds = () => (performance.now() - begun) / 1000;
  const command = join(root, "lib", "bin", "gated-rnn.cjs");
  const child = spawn(
    process.execPath,
    [command, "sweep", ...args, ...(watchFirst ? ["--checkpoint-seconds", "0"] : [])],
    {
      stdio: "ignore",
    },
  );
  const ended = once(child, "exit");
  let first = Number.NaN;
  const look = setInterval(() => {
    if (
      Number.isNaN(first) &&
      existsSync(join(out, "checkpoints")) &&
      readdirSync(join(out, "checkpoints")).length > 0
    )
      first = seconds();
  }, 10);
  const [code] = await ended;
  clearInterval(look);
  if (code !== 0) throw new Error(`sweep: expected exit code 0, got ${code}`);
  const wall = seconds();
  const records = readdirSync(out).filter((file) => /-[0-9a-f]{16}\.json$/.test(file));
  const each = records.map(
    (file): number => JSON.parse(readFileSync(join(out, file), "utf8")).seconds,
  );
  return { wall, each, first, inRuns: each.reduce((a, b) => a + b, 0) };
}

try {
  console.log(JSON.stringify({ machine: machine(), code: codeVersion(), load: loadavg()[0] }));
  const start = await timed("start", 1, 1, 1, true);
  console.log(
    `start to the first training step's checkpoint, new embedded database: ${start.first.toFixed(2)} s`,
  );
  const probe = await timed("probe", 20, 1, 1);
  const epochs = Math.ceil((20 * wanted) / probe.inRuns);
  const one = await timed("one", epochs, 4, 1);
  const two = await timed("two", epochs, 4, 2);
  const beyond = one.wall - one.inRuns;
  console.log(
    `one slot: 4 runs of ${(one.inRuns / 4).toFixed(1)} s in ${one.wall.toFixed(1)} s: ${beyond.toFixed(1)} s beyond the runs, the start included`,
  );
  console.log(`shared out, of a run of a minute: ${((100 * beyond) / 4 / 60).toFixed(1)} %`);
  const gain = (without: number) => `× ${((one.wall - without) / (two.wall - without)).toFixed(2)}`;
  console.log(
    `two slots: ${two.wall.toFixed(1)} s: ${gain(start.first)} runs an hour once started, ${gain(0)} with the start`,
  );
  console.log(
    `each of two runs side by side took × ${(two.inRuns / one.inRuns).toFixed(2)} as long as alone`,
  );
  console.log(`load at the end ${loadavg()[0].toFixed(1)}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
