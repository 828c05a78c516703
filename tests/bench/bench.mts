// The time of whole training steps (noise, forward, loss, derivative, clipping, update), side by side:
//   npm run bench                          everything on the processor (some minutes)
//   npm run bench -- --engine webgpu       the GPU: parity, one run, many runs at once, large batches, the JSB search
//   npm run bench -- --stream              one step in live use, beside other runtimes
//   npm run bench -- --peers addon,PyTorch only peers whose names contain one of these
//   npm run bench -- --cases "music gru"   only cases whose names contain this
//   npm run bench -- --budget 1            seconds for each peer on each case (default 3)
//   npm run bench -- --json FILE           all numbers as JSON too
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { cases } from "./cases.mts";
import { epochTimes, speechEpochTimes } from "./epochs.mts";
import { codeVersion, GatedRnnError, machine } from "./library.mts";
import { memory } from "./memory.mts";
import { ownPeers } from "./own.mts";
import { peak } from "./peak.mts";
import { printStreams, streamTimes } from "./stream.mts";
import { tableOf } from "./table.mts";
import { tensorflowPeers } from "./tensorflow.mts";
import { torchPeers } from "./torch.mts";
import { webGpuBench } from "./webgpu.mts";

const usage = `npm run bench -- [options]
  --peers a,b     only peers whose names contain one of these, such as addon,PyTorch
  --cases text    only cases whose names contain this, such as "music gru"
  --budget x      seconds for each peer on each case (default 3)
  --json FILE     all numbers as JSON too
  --stream        one step of a trained GRU in live use, in place of all this
  --engine webgpu the GPU in place of all this, beside the addon and PyTorch's CUDA where they are there
  --backend name  gpu (default), or software: a program that plays a GPU, to see that it works
  --runs n        runs at once on the GPU (default 64)
PyTorch is looked for in python3, or in the Python that GATED_RNN_TORCH_PYTHON names.
`;

function argumentsGiven() {
  const text = { type: "string" } as const;
  try {
    return parseArgs({
      options: {
        peers: text,
        cases: text,
        budget: text,
        json: text,
        engine: text,
        backend: text,
        runs: text,
        stream: { type: "boolean" },
        help: { type: "boolean" },
      },
    }).values;
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

const chosen = (name: string) => !options.cases || name.includes(options.cases);
if (options.stream) {
  const here = { machine: machine(), code: codeVersion(), node: process.version };
  console.log(`${JSON.stringify(here)}\n`);
  const timings = await streamTimes(wanted, chosen, budget);
  printStreams(timings);
  if (options.json)
    writeFileSync(options.json, `${JSON.stringify({ ...here, timings }, null, 2)}\n`);
  process.exit(0);
}
if (options.engine !== undefined) {
  if (options.engine !== "webgpu") {
    process.stderr.write(
      `bench: --engine: expected webgpu, got ${options.engine}; without it, all engines on the processor are timed\n`,
    );
    process.exit(2);
  }
  const runs = Number(options.runs ?? 64);
  if (!(Number.isInteger(runs) && runs > 0)) {
    process.stderr.write(`bench: --runs: expected a number of runs, got ${options.runs}\n`);
    process.exit(2);
  }
  const report = await webGpuBench({
    backend: options.backend,
    runs,
    wanted,
    chosen,
    budget,
  }).catch((error: Error) => {
    if (!(error instanceof GatedRnnError)) throw error;
    process.stderr.write(`bench: ${error.message}\n`);
    return process.exit(2);
  });
  if (options.json) writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
  process.exit(0);
}

const peers = [...(await ownPeers(wanted)), ...torchPeers(wanted), ...tensorflowPeers(wanted)];
const here = { machine: machine(), code: codeVersion(), node: process.version };
console.log(`${JSON.stringify(here)}\n`);
for (const { name, detail } of peers) console.log(`${name.padEnd(22)} ${detail}`);

const core = peak();
const results = [];
for (const on of cases().filter(({ name }) => chosen(name))) {
  results.push(await tableOf(on, peers, budget, core));
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
    console.log(
      [set, cell, batchSize, steps, seconds.toFixed(2)].map((c) => String(c).padStart(12)).join(""),
    );
  speechEpochs = await speechEpochTimes();
  console.log("\nSeconds for an epoch of the training speech, addon, mixture loss included\n");
  console.log(
    ["set", "cell", "batch", "threads", "steps", "seconds", "GFLOP/s"]
      .map((h) => h.padStart(12))
      .join(""),
  );
  for (const { set, cell, batchSize, threads, steps, seconds, gflops } of speechEpochs)
    console.log(
      [set, cell, batchSize, threads, steps, seconds.toFixed(2), gflops.toFixed(1)]
        .map((c) => String(c).padStart(12))
        .join(""),
    );
}
if (options.json)
  writeFileSync(
    options.json,
    `${JSON.stringify({ ...here, results, epochs, speechEpochs }, null, 2)}\n`,
  );
process.exit(0); // whatever TensorFlow.js keeps open
