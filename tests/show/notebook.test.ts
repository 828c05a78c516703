import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { gru } from "../../lib/cells/gru.js";
import { tanh } from "../../lib/cells/tanh.js";
import type { MusicDataset } from "../../lib/data/dataset.js";
import { pianoRoll } from "../../lib/data/piano-roll.js";
import { reference } from "../../lib/engines/reference/index.js";
import { train } from "../../lib/show/shown-training.js";
import { pianoRollPicture, show } from "../../lib/show.js";
import type { TrainProgress } from "../../lib/train/progress.js";
import { madeUpRecord } from "./records.js";

const picture = pianoRollPicture(pianoRoll([[60], [62]], "two notes"));

interface Sent {
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly transient: { readonly display_id?: string };
  readonly update: boolean;
}

const loaded = createRequire(import.meta.url).cache;
const cellPlace = Symbol.for("gated-rnn.notebook-cell");
const kernel = "/made/up/node_modules/tslab/dist/jupyter.js";

/** Makes this process look like tslab's with a cell that runs; what it is sent is collected. */
function pretendKernel(): Sent[] {
  const sent: Sent[] = [];
  const lastWriteDisplayData = (message: Omit<Sent, "update">, update: boolean) =>
    sent.push({ ...message, update });
  loaded[kernel] = { exports: { lastWriteDisplayData } } as unknown as NodeJS.Module;
  return sent;
}

/** Makes this process look as if a notebook's cell ran, with its stop button; what keeps it busy is collected. */
function pretendCell(signal: AbortSignal): Promise<unknown>[] {
  const work: Promise<unknown>[] = [];
  const keepsBusy = (promise: Promise<unknown>) => work.push(promise);
  Object.assign(globalThis, { [cellPlace]: { signal, keepsBusy } });
  return work;
}

function progress(epoch: number): TrainProgress {
  const { curve } = madeUpRecord("gru", { epochs: epoch });
  return {
    epoch,
    epochs: 40,
    epochShare: 1,
    nllPerStep: 9.5,
    seconds: epoch,
    secondsLeft: 40 - epoch,
    curve,
  };
}

afterEach(() => {
  delete loaded[kernel];
  Reflect.deleteProperty(globalThis, cellPlace);
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe("in a notebook", () => {
  let sent: Sent[];
  beforeEach(() => {
    sent = pretendKernel();
  });

  it("a chart goes out alive, as a picture of a stated size, and in words", async () => {
    await show.chart(picture);
    expect(sent).toHaveLength(1);
    const [{ data, metadata, update }] = sent;
    expect(data).toMatchObject({
      "application/vnd.vegalite.v5+json": picture,
      "text/plain": "[chart] two notes",
    });
    expect(
      Buffer.from(data["image/png"] as string, "base64")
        .subarray(1, 4)
        .toString(),
    ).toBe("PNG");
    expect(metadata).toEqual({
      "image/png": {
        width: expect.any(Number),
        height: expect.any(Number),
        alt: expect.stringMatching(/^two notes\./),
      },
    });
    expect(update).toBe(false);
  });

  it("a check says whether an answer is right, and gives its hint only where it is not", () => {
    show.check(true, "a hint");
    show.check(false, "a hint");
    const [right, wrong] = sent.map(({ data }) => data["text/markdown"]);
    expect(right).toMatch(/Right/);
    expect(right).not.toMatch(/hint/);
    expect(wrong).toMatch(/Not yet.* a hint/);
  });

  it("training shows its progress and curve in place, at most twice a second, and at the end a picture that stays", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const live = show.training();
    const { onProgress } = live.watch(gru);
    for (let epoch = 1; epoch <= 40; epoch++) {
      onProgress?.(progress(epoch));
      vi.advanceTimersByTime(50); // 40 epochs in two seconds
    }
    const charts = () => sent.filter(({ data }) => "application/vnd.vegalite.v5+json" in data);
    expect(charts().length).toBeGreaterThanOrEqual(3);
    expect(charts().length).toBeLessThanOrEqual(5);
    await live.done([madeUpRecord("gru", { epochs: 40 })]);
    expect(new Set(sent.map(({ transient }) => transient.display_id)).size).toBe(2); // one place for the bars, one for the chart
    expect(sent.map(({ update }) => update).filter((update) => !update)).toHaveLength(2);
    expect(charts().map(({ data }) => "image/png" in data)).toEqual(
      charts().map((_, i) => i === charts().length - 1),
    );
    expect(sent[0].data["text/plain"]).toBe(
      `GRU    █${"░".repeat(29)} epoch 1 of 40, 9.50 nats per step, 39 s left`,
    );
    expect(sent.at(-2)?.data["text/plain"]).toMatch(
      /^GRU {4}finished after 40 epochs and 28\.0 s; best at epoch 21: 8\.60 nats/,
    );
  });

  it("training that was to follow in a cell that was interrupted does not begin", () => {
    const stop = new AbortController();
    const live = show.training();
    pretendCell(stop.signal);
    live.watch(gru);
    stop.abort();
    expect(() => live.watch(gru)).toThrow(/abort/i);
  });
});

describe("training in a notebook's cell", () => {
  const few = [pianoRoll([[60], [61], [60], [61]], "trill")];
  const dataset: MusicDataset = {
    kind: "music",
    name: "trills",
    title: "Trills",
    synthetic: true,
    lowestNote: 60,
    keys: 2,
    checksum: "0",
    train: few,
    valid: few,
    test: few,
  };
  const options = { dataset, cell: gru, hiddenSize: 2, epochs: 2 };

  it("shows itself below the cell, all of the cell's runs in one place, and keeps the cell busy", async () => {
    const sent = pretendKernel();
    const work = pretendCell(new AbortController().signal);
    const engine = await reference("cpu");
    const { record } = await train({ ...options, engine });
    await train({ ...options, engine, cell: tanh });
    expect(record.status).toBe("finished");
    expect(work).toHaveLength(2);
    expect(new Set(sent.map(({ transient }) => transient.display_id)).size).toBe(2);
    expect(sent.at(-2)?.data["text/plain"]).toMatch(/^GRU {4}finished.*\ntanh {3}finished/);
    expect(sent.at(-1)?.data).toHaveProperty("image/png");
  });

  it("shows nothing of its own where it is given onProgress", async () => {
    const sent = pretendKernel();
    pretendCell(new AbortController().signal);
    const told: number[] = [];
    const onProgress = ({ epoch }: TrainProgress) => told.push(epoch);
    await train({ ...options, engine: await reference("cpu"), onProgress });
    expect(sent).toEqual([]);
    expect(told).toContain(2);
  });

  it("ends with the stop button, besides its own signal, and does not begin after it", async () => {
    pretendKernel();
    const stop = new AbortController();
    pretendCell(stop.signal);
    const engine = await reference("cpu");
    const own = new AbortController();
    const onProgress = () => stop.abort();
    const { record } = await train({ ...options, engine, signal: own.signal, onProgress });
    expect(record.status).toBe("stopped");
    await expect(train({ ...options, engine })).rejects.toThrow(/abort/i);
  });
});

describe("outside a notebook", () => {
  it("what has words is printed, and nothing else", async () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    await show.chart(picture);
    show.equations(gru);
    expect(log.mock.calls.map(([text]) => text)).toEqual([
      "[chart] two notes",
      expect.stringContaining("\\begin{aligned}"),
    ]);
  });

  it("training is silent until its last line", async () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    const live = show.training();
    live.watch(gru).onProgress?.(progress(3));
    expect(log).not.toHaveBeenCalled();
    await live.done([madeUpRecord("gru")]);
    expect(log.mock.calls).toEqual([[expect.stringMatching(/^GRU {4}finished after 30 epochs/)]]);
  });
});

describe("importing the package", () => {
  it("loads no chart library and no picture library", () => {
    const program = `require("gated-rnn"); console.log(Object.keys(require.cache).filter((f) => /vega|resvg/.test(f)).length)`;
    const { stdout, stderr } = spawnSync(process.execPath, ["-e", program], {
      cwd: resolve(import.meta.dirname, "..", ".."),
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    expect(stdout.trim()).toBe("0");
  });
});
