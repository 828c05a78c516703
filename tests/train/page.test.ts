import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it, vi } from "vitest";
import { gru } from "../../lib/cells/gru.js";
import { syntheticChorales } from "../../lib/data/synthetic.js";
import { nativeWasm } from "../../lib/engines/native/index.js";
import { musicTask } from "../../lib/tasks/music.js";
import { breathe } from "../../lib/train/breathe.js";
import { memoryKeeper, train as trainInPage } from "../../lib/train/page.js";
import type { RunRecord } from "../../lib/train/record.js";
import { train } from "../../lib/train/train.js";
import { packageVersion } from "../../lib/train/version.js";

const { train: many, ...rest } = syntheticChorales(1);
const dataset = { ...rest, train: many.slice(0, 12) };
const settings = { cell: gru, hiddenSize: 8, epochs: 4, batchSize: 4, learningRate: 1e-3, seed: 5 };

/** All of a record but clocks, machines and commits. */
const lasting = ({
  machine: _,
  code: __,
  started: ___,
  seconds: ____,
  curve,
  ...kept
}: RunRecord) => ({
  ...kept,
  curve: curve.map(({ seconds: _, cpuSeconds: __, ...point }) => point),
});

afterEach(() => vi.unstubAllGlobals());

describe("training in a page", () => {
  it("gives the record and the parameters that training in Node gives, bit for bit", async () => {
    const engine = await nativeWasm();
    const here = await train({ dataset, engine, ...settings });
    const there = await trainInPage({ task: musicTask(dataset), engine, ...settings });
    expect(lasting(there.record)).toEqual(lasting(here.record));
    expect(there.parameters).toEqual(here.parameters);
    expect(there.record.code).toEqual({ version: here.record.code.version, commit: null });
  });

  it("goes on from memory where a signal ended it, to the same bits", async () => {
    const engine = await nativeWasm();
    const task = musicTask(dataset);
    const undisturbed = await trainInPage({ task, engine, ...settings });
    const keeper = memoryKeeper();
    const stop = new AbortController();
    const first = await trainInPage({
      ...{ task, engine, keeper, ...settings },
      signal: stop.signal,
      onProgress: ({ epoch, epochShare }) => {
        if (epoch === 3 && epochShare > 0.4) stop.abort();
      },
    });
    expect(first.record.status).toBe("stopped");
    expect(first.record.curve).toHaveLength(2);
    const second = await trainInPage({ task, engine, keeper, ...settings });
    expect(lasting(second.record)).toEqual(lasting(undisturbed.record));
  });

  it("begins anew with a keeper that holds another run", async () => {
    const engine = await nativeWasm();
    const task = musicTask(dataset);
    const keeper = memoryKeeper();
    const signal = AbortSignal.abort();
    await trainInPage({ task, engine, keeper, ...settings, seed: 6, signal });
    const one = { task, engine, ...settings, epochs: 1 };
    const { record } = await trainInPage({ ...one, keeper });
    expect(lasting(record)).toEqual(lasting((await trainInPage(one)).record));
  });
});

describe("breathing", () => {
  it("lets messages in where there is no setImmediate, each waiting call in its turn", async () => {
    vi.stubGlobal("setImmediate", undefined);
    const order: string[] = [];
    const { port1, port2 } = new MessageChannel();
    port2.onmessage = () => order.push("message");
    port1.postMessage(undefined);
    await Promise.all([
      breathe().then(() => order.push("first")),
      breathe().then(() => order.push("second")),
    ]);
    for (let i = 0; i < 50 && order.length < 3; i++) await breathe();
    expect(order.filter((word) => word !== "message")).toEqual(["first", "second"]);
    expect(order).toContain("message");
    port1.close();
  });
});

describe("the package's version in a run's name", () => {
  it("is that of package.json", () => {
    const file = new URL("../../lib/package.json", import.meta.url);
    expect(packageVersion).toBe(JSON.parse(readFileSync(file, "utf8")).version);
  });
});
