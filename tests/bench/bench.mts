// The time of whole training steps (noise, forward, loss, derivative, clipping, update), side by side:
//   npm run bench                          everything on the processor (some minutes)
//   npm run bench -- --engine webgpu       the GPU: parity, one run, many runs at once, large batches, the JSB search
//   npm run bench -- --epochs              training epochs of music at the real batches, beside PyTorch and JAX
//   npm run bench -- --stream              one step in live use, beside other runtimes
//   npm run bench -- --paces               seconds of an epoch of every unit on every set, for the figures
//   npm run bench -- --peers addon,PyTorch only peers whose names contain one of these
//   npm run bench -- --cases "music gru"   only cases whose names contain this
//   npm run bench -- --budget 1            seconds for each peer on each case (default 3, of --epochs 1)
//   npm run bench -- --json FILE           all numbers as JSON too
import { writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { cases } from "./cases.mts";
import { epochBench } from "./epochs/epochs.mts";
import { codeVersion, GatedRnnError, machine } from "./library.mts";
import { memory } from "./memory.mts";
import { ownPeers } from "./own.mts";
import { pacesOfEpochs, printPaces } from "./paces.mts";
import { peak } from "./peak.mts";
import { speechEpochTimes } from "./speech-epochs.mts";
import { printStreams, streamTimes } from "./stream.mts";
import { tableOf } from "./table.mts";
import { tensorflowPeers } from "./tensorflow.mts";
import { torchPeers } from "./torch.mts";
import { webGpuBench } from "./webgpu.mts";

const usage = `npm run bench -- [options]
  --peers a,b     only peers whose names contain one of these, such as addon,PyTorch
  --cases text    only cases whose names contain this, such as "music gru"
  --budget x      seconds for each peer on each case (default 3, of --epochs 1)
  --json FILE     all numbers as JSON too
  --stream        one step of a trained GRU in live use, in place of all this
  --epochs        training epochs of music in place of all this: about five minutes, or chosen by
    --sets a,b      default: jsb,musedata; also nottingham, piano-midi; prepared from GATED_RNN_MIRROR
                    or the network, else synthetic chorales stand in their place
    --cells a,b     default: gru,lstm,tanh at the paper's sizes
    --batches a,b   sequences of a batch, default: 1,2,16
    --updates n     only the first updates of the epoch, default: 12; all: every one
  --paces         processor seconds of an epoch of every unit on every set whose curves are drawn, in place of
                  all this: some six minutes, from GATED_RNN_MIRROR; the figures' time axes follow docs/bench/paces.json
  --engine webgpu the GPU in place of all this, beside the addon and PyTorch's CUDA where they are there
  --backend name  gpu (default), or software: a program that plays a GPU, to see that it works
  --runs n        runs at once on the GPU (default 64)
PyTorch is looked for in python3, or in the Python that GATED_RNN_TORCH_PYTHON names; JAX, for --epochs, in the one that
GATED_RNN_JAX_PYTHON names.
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
        epochs: { type: "boolean" },
        paces: { type: "boolean" },
        ...{ sets: text, cells: text, batches: text, updates: text },
        help: { type: "boolean" },
      },
    }).values;
  } catch (error) {
    process.stderr.write(`bench: ${(error as Error).message.split(".")[0]}; see --help\n`);
    return process.exit(2);
  }
}

/** Where and when, with how many programs that want the processor: printed first, and kept. */
function about() {
  const here = {
    machine: machine(),
    code: codeVersion(),
    date: new Date().toISOString(),
    load: loadavg()[0],
  };
  console.log(`${JSON.stringify(here)}\n`);
  return here;
}

const options = argumentsGiven();
if (options.help) {
  process.stdout.write(usage);
  process.exit(0);
}
const names = options.peers?.split(",");
const wanted = (name: string) => !names || names.some((n) => name.includes(n.trim()));
const budget = Number(options.budget ?? (options.epochs ? 1 : 3));
if (!(budget > 0)) {
  process.stderr.write(`bench: --budget: expected seconds above 0, got ${options.budget}\n`);
  process.exit(2);
}

if (options.epochs) {
  const list = (given: string | undefined, usual: string) =>
    (given ?? usual).split(",").map((one) => one.trim());
  const updates =
    options.updates === "all" ? Number.MAX_SAFE_INTEGER : Number(options.updates ?? 12);
  const batchSizes = list(options.batches, "1,2,16").map(Number);
  for (const [option, value] of [
    ["--updates", updates],
    ...batchSizes.map((size) => ["--batches", size] as const),
  ] as const)
    if (!(Number.isInteger(value) && value > 0)) {
      process.stderr.write(`bench: ${option}: expected whole numbers from 1 on, got ${value}\n`);
      process.exit(2);
    }
  const here = about();
  const sets = list(options.sets, "jsb,musedata");
  const cells = list(options.cells, "gru,lstm,tanh");
  const keep = (made: object) => {
    if (options.json) writeFileSync(options.json, `${JSON.stringify({ ...here, ...made })}\n`);
  };
  await epochBench({ sets, cells, batchSizes, updates }, wanted, budget, keep).catch((error) => {
    if (!(error instanceof GatedRnnError)) throw error;
    process.stderr.write(`bench: ${error.message}\n`);
    process.exit(2);
  });
  process.exit(0);
}

if (options.paces) {
  const here = about();
  const paces = await pacesOfEpochs(5);
  printPaces(paces);
  if (options.json) writeFileSync(options.json, `${JSON.stringify({ ...here, paces }, null, 2)}\n`);
  process.exit(0);
}

const chosen = (name: string) => !options.cases || name.includes(options.cases);
if (options.stream) {
  const here = about();
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
const here = about();
for (const { name, detail } of peers) console.log(`${name.padEnd(22)} ${detail}`);

const core = peak();
const results = [];
for (const on of cases().filter(({ name }) => chosen(name))) {
  results.push(await tableOf(on, peers, budget, core));
}
core.close();

if (wanted("addon") && !options.cases) await memory();

let speechEpochs: Awaited<ReturnType<typeof speechEpochTimes>> = [];
if (wanted("addon") && !options.cases) {
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
  writeFileSync(options.json, `${JSON.stringify({ ...here, results, speechEpochs }, null, 2)}\n`);
process.exit(0); // whatever TensorFlow.js keeps open
