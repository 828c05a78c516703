// The page that trains in the browser, measured in headless Chromium, opened from disk: its size, its first curve and first music,
// 100 epochs of all three units, what the main thread does meanwhile; and TensorFlow.js layers on the same data in the same page.
// npm run bench:live [-- --epochs N]
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import type * as tensorflow from "@tensorflow/tfjs";
import type * as wasm from "@tensorflow/tfjs-backend-wasm";
import { musicTask, syntheticChorales } from "gated-rnn/browser";
import { chromium, type Page } from "playwright-core";
import { browserFlags } from "../../notebooks/tools/browser.mts";
import { root } from "../../notebooks/tools/jupyter.mts";
import { writeLive } from "../../notebooks/tools/site/live.mts";

const usage = `npm run bench:live -- [options]
  --epochs n      of each unit, default: 100
  --help
The page that trains in the browser, in headless Chromium (CHROMIUM=path of another one), opened from disk.`;
const wrong = (problem: string): never => {
  process.stderr.write(`bench:live: ${problem}\n${usage}\n`);
  process.exit(2);
};
const options = { epochs: { type: "string", default: "100" }, help: { type: "boolean" } } as const;
const { epochs: asked, help } = (() => {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    return wrong((error as Error).message);
  }
})();
if (help) {
  console.log(usage);
  process.exit(0);
}
const epochs = Number(asked);
if (!(Number.isInteger(epochs) && epochs >= 1 && epochs <= 500))
  wrong(`--epochs: expected a whole number from 1 to 500, got ${asked}`);
/** A task of the main thread that a reader may feel. */
const longTaskMs = 50;

const folder = join(root, "build", "live-bench");
mkdirSync(folder, { recursive: true });
const file = await writeLive(folder);
const say = (what: string, value: string) => console.log(`${what.padEnd(52)} ${value}`);
const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

/** Tasks of the page's main thread by a trace: wall-clock and processor milliseconds. */
async function mainThread(page: Page, during: () => Promise<void>) {
  const session = await page.context().newCDPSession(page);
  const tasks: { wall: number; processor: number }[] = [];
  interface TraceEvent {
    readonly name: string;
    readonly ph: string;
    readonly pid: number;
    readonly tid: number;
    readonly dur?: number;
    readonly tdur?: number;
    readonly args?: { readonly name?: string };
  }
  const events: TraceEvent[] = [];
  session.on("Tracing.dataCollected", ({ value }) =>
    events.push(...(value as unknown as TraceEvent[])),
  );
  const categories = "toplevel,__metadata";
  await session.send("Tracing.start", { categories, transferMode: "ReportEvents" });
  await during();
  const complete = new Promise((resolve) => session.once("Tracing.tracingComplete", resolve));
  await session.send("Tracing.end");
  await complete;
  const mains = new Set(
    events
      .filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain")
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  for (const { ph, pid, tid, dur = 0, tdur = 0 } of events)
    if (ph === "X" && mains.has(`${pid} ${tid}`))
      tasks.push({ wall: dur / 1000, processor: tdur / 1000 });
  return tasks;
}

/** Milliseconds of an epoch of a unit's layer of TensorFlow.js, from a few of its updates. */
async function layersEpoch(page: Page, unit: string, hidden: number): Promise<number> {
  const [batch] = musicTask(syntheticChorales(1)).epoch({
    batchSize: 2,
    maxSteps: 1000,
    seed: 1,
    epoch: 1,
  }).batches;
  const updatesAnEpoch = 115;
  const ms = await page.evaluate(
    async ({ unit, hidden, time }) => {
      const { tf } = globalThis as unknown as { tf: typeof tensorflow };
      const inputShape = [time, 88];
      const how = { units: hidden, returnSequences: true, inputShape };
      const kinds = { tanh: tf.layers.simpleRNN, gru: tf.layers.gru, lstm: tf.layers.lstm };
      const layer = kinds[unit as keyof typeof kinds](how as never);
      const readout = tf.layers.dense({ units: 88, activation: "sigmoid" });
      const network = tf.sequential({
        layers: [layer, tf.layers.timeDistributed({ layer: readout })],
      });
      network.compile({ optimizer: tf.train.rmsprop(1e-3), loss: "binaryCrossentropy" });
      const input = tf.zeros([2, time, 88]);
      const update = () => network.trainOnBatch(input, input);
      await update();
      const began = performance.now();
      const updates = 3;
      for (let i = 0; i < updates; i++) await update();
      return (performance.now() - began) / updates;
    },
    { unit, hidden, time: Math.round(batch.stepOffsets[batch.time] / batch.size) },
  );
  return ms * updatesAnEpoch;
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: browserFlags,
  chromiumSandbox: false,
});
try {
  console.log(`${browser.version()}, ${cpus().length} cores of ${cpus()[0].model}`);
  console.log(`load ${loadavg()[0].toFixed(1)}: of a machine with other work, compare ratios only`);
  const bytes = readFileSync(file);
  say("the page, gzipped", `${(gzipSync(bytes).length / 1024).toFixed(0)} KiB`);
  const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
  const began = performance.now();
  const passed = () => performance.now() - began;
  let trained = 0;
  const tasks = await mainThread(page, async () => {
    await page.goto(`${pathToFileURL(file).href}#epochs=${epochs}`);
    await page.locator("#curves path.curve").first().waitFor();
    say("from opening to the first curve", seconds(passed()));
    await page.locator("[data-loudest]").first().waitFor({ timeout: 120_000 });
    say("from opening to the first music", seconds(passed()));
    for (const unit of ["tanh", "gru", "lstm"])
      await page
        .locator(`#card-${unit} .facts`, { hasText: "finished" })
        .waitFor({ timeout: 1_200_000 });
    trained = passed();
  });
  say(`${epochs} epochs of tanh, GRU and LSTM side by side`, seconds(trained));
  const long = (key: "wall" | "processor") => tasks.filter((task) => task[key] > longTaskMs);
  const longest = (key: "wall" | "processor") =>
    `${Math.max(...tasks.map((task) => task[key])).toFixed(0)} ms`;
  say(
    `main thread, tasks of over ${longTaskMs} ms`,
    `${long("wall").length} by the clock, ${long("processor").length} by processor time`,
  );
  say(
    "main thread, all tasks",
    `${seconds(tasks.reduce((sum, { processor }) => sum + processor, 0))} of processor`,
  );
  say("the longest", `${longest("wall")} by the clock, ${longest("processor")} of processor`);
  const require = createRequire(join(root, "lib", "package.json"));
  const packages = join(root, "node_modules", "@tensorflow");
  await page.addScriptTag({ path: require.resolve("@tensorflow/tfjs/dist/tf.min.js") });
  const backend = join(packages, "tfjs-backend-wasm", "dist");
  await page.addScriptTag({ path: join(backend, "tf-backend-wasm.min.js") });
  const builds = ["", "-simd", "-threaded-simd"].map((kind) => `tfjs-backend-wasm${kind}.wasm`);
  const addresses = builds.map((name) => [
    name,
    `data:application/wasm;base64,${readFileSync(join(backend, name), "base64")}`,
  ]);
  await page.evaluate(async (paths) => {
    const { tf } = globalThis as unknown as { tf: typeof tensorflow & { wasm: typeof wasm } };
    tf.wasm.setWasmPaths(paths);
    tf.env().set("PROD", true);
    await tf.setBackend("wasm");
    if (tf.getBackend() !== "wasm") throw new Error(`expected wasm, got ${tf.getBackend()}`);
  }, Object.fromEntries(addresses));
  let layers = 0;
  for (const [unit, hidden] of [
    ["tanh", 100],
    ["gru", 46],
    ["lstm", 36],
  ] as const)
    layers += await layersEpoch(page, unit, hidden);
  const ours = trained / epochs;
  say("TensorFlow.js layers (wasm), an epoch of all three", seconds(layers));
  say("this page, an epoch of all three", seconds(ours));
  say("ratio", `${(layers / ours).toFixed(0)} ×`);
} finally {
  await browser.close();
}
