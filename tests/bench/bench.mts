// The time of whole training steps (noise, forward, loss, derivative, clipping, update), side by side:
//   npm run bench                          everything (some minutes)
//   npm run bench -- --peers addon,PyTorch only peers whose names contain one of these
//   npm run bench -- --cases "music gru"   only cases whose names contain this
//   npm run bench -- --budget 1            seconds for each peer on each case (default 3)
//   npm run bench -- --json FILE           all numbers as JSON too
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { cases } from "./cases.mts";
import { epochTimes, speechEpochTimes } from "./epochs.mts";
import { codeVersion, machine } from "./library.mts";
import { memory } from "./memory.mts";
import { ownPeers } from "./own.mts";
import { peak } from "./peak.mts";
import { median, timed } from "./rounds.mts";
import { tensorflowPeers } from "./tensorflow.mts";
import { torchPeers } from "./torch.mts";

const usage = `npm run bench -- [options]
  --peers a,b     only peers whose names contain one of these, such as addon,PyTorch
  --cases text    only cases whose names contain this, such as "music gru"
  --budget x      seconds for each peer on each case (default 3)
  --json FILE     all numbers as JSON too
PyTorch is looked for in python3, or in the Python that GATED_RNN_TORCH_PYTHON names.
`;

function argumentsGiven() {
  const text = { type: "string" } as const;
  try {
    return parseArgs({ options: { peers: text, cases: text, budget: text, json: text, help: { type: "boolean" } } }).values;
  } catch (error) {
    process.stderr.write(`bench: ${(error as Error).message.split(".")[0]}; see --help\n`);
    return process.exit(2);
  }
}

const options = argumentsGiven();
if (options.help) {
  process.stdout.write(usage);
  process.exit(0);
}
const names = options.peers?.split(",");
const wanted = (name: string) => !names || names.some((n) => name.includes(n.trim()));
const budget = Number(options.budget ?? 3);
if (!(budget > 0)) {
  process.stderr.write(`bench: --budget: expected seconds above 0, got ${options.budget}\n`);
  process.exit(2);
}

const peers = [...(await ownPeers(wanted)), ...torchPeers(wanted), ...tensorflowPeers(wanted)];
const here = { machine: machine(), code: codeVersion(), node: process.version };
console.log(`${JSON.stringify(here)}\n`);
for (const { name, detail } of peers) console.log(`${name.padEnd(22)} ${detail}`);

const core = peak();
const results = [];
for (const on of cases().filter(({ name }) => !options.cases || name.includes(options.cases))) {
  const before = core.measure();
  const timings = await timed(on, peers, budget);
  const fastest = Math.max(before ?? 0, core.measure() ?? 0) || undefined;
  const medianOf = (peer: string) => median(timings.find((t) => t.peer === peer)?.milliseconds ?? []);
  const reference = medianOf("addon");
  console.log(
    `\n${on.name}: ${(on.flops / 1e6).toFixed(0)} MFLOP in products; one core's peak ${fastest?.toFixed(0) ?? "not measured"} GFLOP/s`,
  );
  console.log(
    `${"".padEnd(22)}${["median ms", "fastest ms", "steps", "× addon", "GFLOP/s", "of peak"].map((h) => h.padStart(11)).join("")}`,
  );
  const rows = timings.map(({ peer, milliseconds, problem }) => {
    if (problem !== undefined) {
      console.log(`${peer.padEnd(22)}  left out: ${problem}`);
      return { peer, problem };
    }
    const ms = median(milliseconds);
    const gflops = on.flops / ms / 1e6;
    const share = fastest === undefined ? undefined : gflops / fastest;
    const cells = [
      ms.toFixed(2),
      Math.min(...milliseconds).toFixed(2),
      milliseconds.length,
      Number.isFinite(reference) ? (ms / reference).toFixed(2) : "",
      gflops.toFixed(1),
    ];
    const all = [...cells, share === undefined ? "" : `${(100 * share).toFixed(0)} %`];
    console.log(`${peer.padEnd(22)}${all.map((c) => String(c).padStart(11)).join("")}`);
    return { peer, medianMs: ms, milliseconds, gflops, shareOfPeak: share };
  });
  results.push({ case: on.name, flops: on.flops, peakGflops: fastest, peers: rows });
}
core.close();

if (wanted("addon") && !options.cases) await memory();

let epochs: Awaited<ReturnType<typeof epochTimes>> = [];
let speechEpochs: Awaited<ReturnType<typeof speechEpochTimes>> = [];
if (wanted("addon") && !options.cases) {
  epochs = await epochTimes();
  console.log("\nSeconds for an epoch of the training pieces, addon, 1 thread\n");
  console.log(["set", "cell", "batch", "steps", "seconds"].map((h) => h.padStart(12)).join(""));
  for (const { set, cell, batchSize, steps, seconds } of epochs)
    console.log([set, cell, batchSize, steps, seconds.toFixed(2)].map((c) => String(c).padStart(12)).join(""));
  speechEpochs = await speechEpochTimes();
  console.log("\nSeconds for an epoch of the training speech, addon, mixture loss included\n");
  console.log(["set", "cell", "batch", "threads", "steps", "seconds", "GFLOP/s"].map((h) => h.padStart(12)).join(""));
  for (const { set, cell, batchSize, threads, steps, seconds, gflops } of speechEpochs)
    console.log([set, cell, batchSize, threads, steps, seconds.toFixed(2), gflops.toFixed(1)].map((c) => String(c).padStart(12)).join(""));
}
if (options.json) writeFileSync(options.json, `${JSON.stringify({ ...here, results, epochs, speechEpochs }, null, 2)}\n`);
process.exit(0); // whatever TensorFlow.js keeps open
