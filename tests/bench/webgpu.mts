// The WebGPU engine: is it right, and how fast; one run, many at once, large batches, and a search on real music.
import { type Case, cases, musicBatch } from "./cases.mts";
import {
  bernoulli,
  cellNamed,
  codeVersion,
  type Engine,
  GatedRnnError,
  initialState,
  machine,
  model,
  openEngine,
  openMusic,
  taskOf,
  webGpu,
} from "./library.mts";
import { ownPeers } from "./own.mts";
import { parityWithOracle } from "./parity.mts";
import { type Peer, settings } from "./peer.mts";
import { median } from "./rounds.mts";
import { tableOf } from "./table.mts";
import { torchPeers } from "./torch.mts";

interface Options {
  readonly backend: string | undefined;
  /** Runs at once. */
  readonly runs: number;
  readonly wanted: (peer: string) => boolean;
  readonly chosen: (name: string) => boolean;
  /** Seconds for each peer on each case. */
  readonly budget: number;
}

type GpuEngine = Awaited<ReturnType<typeof webGpu>>;

/** @throws GatedRnnError `engine-missing` where there is no such adapter */
export async function webGpuBench({
  backend,
  runs,
  wanted,
  chosen,
  budget,
}: Options): Promise<object> {
  const alone = await webGpu(backend);
  const together = await webGpu(backend, { sideBySide: runs });
  const here = {
    adapter: alone.adapter,
    machine: machine(),
    code: codeVersion(),
    node: process.version,
    runs,
  };
  console.log(
    `${alone.adapter.name}${alone.adapter.isSoftware ? " (SOFTWARE: these are no GPU's times)" : ""}`,
  );
  console.log(`${JSON.stringify(here)}\n`);

  const parity = await parityWithOracle();
  const agreement = await parity(alone);
  console.log("largest relative difference from the float64 oracle");
  for (const { cell, output, loss, gradient } of agreement)
    console.log(
      `${cell.padEnd(10)} ${output.padEnd(18)} loss ${loss.toExponential(1)}, gradients ${gradient.toExponential(1)}`,
    );

  const mine = [
    gpuPeer("webgpu", alone, 1),
    gpuPeer("webgpu, each awaited", alone, 1, "each awaited"),
    gpuPeer(`webgpu, ${runs} runs`, together, runs),
  ].filter(({ name }) => wanted(name));
  const others = (name: string) =>
    name !== "PyTorch, 2 threads" && name !== "PyTorch compiled" && wanted(name);
  const peers = [
    ...mine,
    ...(await ownPeers((name) => name === "addon" && wanted(name))),
    ...torchPeers(others),
  ];
  console.log(`\nTraining steps; of ${runs} runs at once, the time of one\n`);
  for (const { name, detail } of peers) console.log(`${name.padEnd(22)} ${detail}`);
  const large = alone.adapter.isSoftware
    ? []
    : cases({ music: 512, speech: 512, text: 512, chords: 512 });
  const all = [...cases(), ...large].filter(({ name }) => chosen(name));
  const results = [];
  for (const on of all) {
    results.push(await tableOf(on, peers, budget));
    if (wanted("webgpu")) console.log(hostTime(await hostCost(alone, on)));
  }
  const search =
    chosen("search") || chosen("jsb") ? await jsbSearch(alone, together, runs) : undefined;
  if (search) {
    const line = (what: string, perHour: number) =>
      console.log(`${what.padEnd(22)} ${perHour.toFixed(1).padStart(10)} runs an hour`);
    console.log(
      `\nThe JSB search (GRU 46, batch 2, runs of 200 epochs), from ${search.updates} updates of each\n`,
    );
    for (const { name, runsPerHour } of search.rows) line(name, runsPerHour);
  }
  const memory = chosen("memory") ? await tenThousandSteps(alone) : undefined;
  if (memory) {
    const mebibytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
    console.log(
      `\n10,000 short steps: resident ${memory.resident.map(mebibytes).join(", then ")}; buffers ${memory.buffers.map(mebibytes).join(", then ")}`,
    );
  }
  return { ...here, agreement, results, search, memory };
}

/** The process's memory and the device's buffers, before and after. */
async function tenThousandSteps(
  engine: GpuEngine,
): Promise<{ resident: number[]; buffers: number[] }> {
  const [{ model }] = cases();
  const batch = musicBatch(2, 8);
  const session = await engine.open(model, initialState(model, 1));
  const steps = async (n: number) => {
    for (let i = 0; i < n; i++) await session.trainStep(batch, settings);
    return { resident: process.memoryUsage.rss(), buffers: engine.usage().bytes };
  };
  const [before, after] = [await steps(1_000), await steps(10_000)];
  await session.close();
  return { resident: [before.resident, after.resident], buffers: [before.buffers, after.buffers] };
}

/**
 * A step of `runs` sessions side by side counts as the time of one of them. As in training, the next is asked for before the last
 * is told of.
 */
function gpuPeer(
  name: string,
  engine: GpuEngine,
  runs: number,
  way: "ahead" | "each awaited" = "ahead",
): Peer {
  return {
    name,
    detail: engine.build,
    open: async ({ model, batch }) => {
      const sessions = await Promise.all(
        Array.from({ length: runs }, (_, seed) =>
          engine.open(model, initialState(model, seed + 1)),
        ),
      );
      const stepsATurn = 4; // nothing of a turn may be left to another peer's
      const step = async () => {
        const begin = performance.now();
        let last: Promise<unknown> = Promise.resolve();
        for (let k = 0; k < stepsATurn; k++) {
          const before = last;
          last = Promise.all(sessions.map((session) => session.trainStep(batch, settings)));
          await (way === "ahead" ? before : last);
        }
        await last;
        return (performance.now() - begin) / runs / stepsATurn;
      };
      return {
        step,
        close: async () => void (await Promise.all(sessions.map((session) => session.close()))),
      };
    },
  };
}

/** What the processor does for a step, and how often it hands work to the GPU. */
async function hostCost(
  engine: GpuEngine,
  { model, batch }: Case,
): Promise<{ milliseconds: number; dispatches: number } | undefined> {
  try {
    const session = await engine.open(model, initialState(model, 1));
    const costs: { milliseconds: number; dispatches: number }[] = [];
    for (let step = 0; step < 6; step++) {
      const before = engine.usage();
      await session.trainStep(batch, settings);
      const after = engine.usage();
      costs.push({
        milliseconds: after.hostMilliseconds - before.hostMilliseconds,
        dispatches: after.dispatches - before.dispatches,
      });
    }
    await session.close();
    return {
      milliseconds: median(costs.slice(1).map((c) => c.milliseconds)),
      dispatches: costs[1].dispatches,
    };
  } catch (error) {
    if (error instanceof GatedRnnError) return undefined; // said already, in the table
    throw error;
  }
}

const hostTime = (cost: { milliseconds: number; dispatches: number } | undefined) =>
  cost
    ? `webgpu: ${cost.dispatches} dispatches a step, ${cost.milliseconds.toFixed(2)} ms of the processor for them`
    : "";

/** How many of the search's runs would be done in an hour, by the time of some updates of each. */
async function jsbSearch(alone: GpuEngine, together: GpuEngine, runs: number) {
  let dataset: Awaited<ReturnType<typeof openMusic>>;
  try {
    dataset = await openMusic("jsb");
  } catch (error) {
    if (!(error instanceof GatedRnnError)) throw error;
    console.error(`left out: the JSB search: ${error.message}`);
    return undefined;
  }
  const m = model(cellNamed("gru"), dataset.keys, 46, bernoulli(dataset.keys));
  const batches = [
    ...taskOf(dataset).epoch({ batchSize: 2, maxSteps: 1000, seed: 1, epoch: 1 }).batches,
  ]; // a search has one seed
  const longest = batches.reduce((a, b) => (b.stepOffsets[b.time] > a.stepOffsets[a.time] ? b : a));
  const updates = 20;
  const seconds = async (engine: Engine, count: number): Promise<number> => {
    const train = async (seed: number) => {
      const session = await engine.open(m, initialState(m, seed));
      await session.trainStep(longest, settings); // memory, and kernels
      const begin = performance.now();
      for (const batch of batches.slice(0, updates)) await session.trainStep(batch, settings);
      const spent = performance.now() - begin;
      await session.close();
      return spent / 1000;
    };
    return Math.max(...(await Promise.all(Array.from({ length: count }, (_, k) => train(k + 1)))));
  };
  const native = await openEngine("native").catch(() => undefined); // a machine without a compiler
  const rows = [];
  for (const [name, engine, count] of [
    ["webgpu", alone, 1],
    [`webgpu, ${runs} runs`, together, runs],
    ["addon, one slot", native, 1],
  ] as const)
    if (engine)
      rows.push({
        name,
        runsPerHour:
          (3600 * count) / (((await seconds(engine, count)) / updates) * batches.length * 200),
      });
  return { updates, rows };
}
