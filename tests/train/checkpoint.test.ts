import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { gru } from "../../lib/cells/gru.js";
import { lstm } from "../../lib/cells/lstm.js";
import { syntheticChorales } from "../../lib/data/synthetic.js";
import { defaultEngine, openEngine } from "../../lib/engines/index.js";
import { removeCheckpoint } from "../../lib/train/checkpoint.js";
import type { RunRecord } from "../../lib/train/record.js";
import { decodeSafetensors, sealedSafetensors } from "../../lib/train/safetensors.js";
import { type TrainOptions, type TrainResult, train } from "../../lib/train/train.js";
import { adam } from "../../lib/updates/adam.js";
import { update } from "../../lib/updates/update.js";

let folder: string;
let checkpoint: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gated-rnn-checkpoint-"));
  checkpoint = join(folder, "run.safetensors");
});
afterEach(() => rmSync(folder, { recursive: true }));

const chorales = syntheticChorales();
const dataset = {
  ...chorales,
  train: chorales.train.slice(0, 24),
  valid: chorales.valid.slice(0, 4),
  test: chorales.test.slice(0, 4),
};
const options: TrainOptions = {
  dataset,
  cell: gru,
  hiddenSize: 7,
  epochs: 3,
  batchSize: 4,
  learningRate: 5e-3,
  engine: await defaultEngine(),
};

/** A user's: gradient descent whose rate falls with the square root of the updates, by a memory of its own. */
const ownRule = update("slowing", { push: 2 }, (words) => {
  const { gradient, learningRate, previous, setting, plus, divide, times, sqrt } = words;
  const seen = plus(previous("seen"), 1);
  return { step: times(setting("push"), divide(times(learningRate, gradient), sqrt(seen))), seen };
});

/** What a run must reach again: everything but clocks. */
function outcome({ record, parameters }: TrainResult) {
  const curve = record.curve.map(({ seconds: _, cpuSeconds: __, ...point }) => point);
  const { id, configuration, status, bestEpoch, results, engine } = record;
  return { id, configuration, status, bestEpoch, results, engine, curve, parameters };
}

/** A run cut down after some updates, as often as it takes, and taken up again each time. */
async function inSittings(
  run: TrainOptions,
  updatesPerSitting: number,
): Promise<{ result: TrainResult; sittings: RunRecord["status"][] }> {
  const sittings: RunRecord["status"][] = [];
  for (;;) {
    const controller = new AbortController();
    let calls = 0;
    const result = await train({
      ...run,
      checkpoint,
      signal: controller.signal,
      onProgress: () => {
        if (++calls === updatesPerSitting) controller.abort();
      },
    });
    sittings.push(result.record.status);
    if (result.record.status !== "stopped") return { result, sittings };
    expect(sittings.length).toBeLessThan(40);
  }
}

describe("a run that is interrupted and goes on", () => {
  it.each([1, 4, 7])(
    "reaches the bits of an undisturbed one, %i updates at a time",
    async (updates) => {
      const undisturbed = outcome(await train(options));
      const { result, sittings } = await inSittings(options, updates);
      expect(sittings.length).toBe({ 1: 18, 4: 5, 7: 3 }[updates]); // 3 epochs of 6 updates
      expect(outcome(result)).toEqual(undisturbed);
    },
  );

  it("does so on the reference engine and with a cell of two states", async () => {
    const run: TrainOptions = {
      ...options,
      cell: lstm,
      engine: await openEngine("reference", "cpu"),
      hiddenSize: 3,
      epochs: 2,
    };
    expect(outcome((await inSittings(run, 4)).result)).toEqual(outcome(await train(run)));
  });

  it("counts the seconds of all sittings and keeps the time at which it began", async () => {
    const controller = new AbortController();
    const first = await train({
      ...options,
      checkpoint,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    const { record } = await train({ ...options, checkpoint });
    expect(record.started).toBe(first.record.started);
    const { seconds, cpuSeconds } = JSON.parse(
      decodeSafetensors(readFileSync(checkpoint), checkpoint).metadata.position,
    );
    expect(record.curve[0].seconds).toBeGreaterThan(seconds);
    expect(record.curve[0].cpuSeconds).toBeGreaterThan(cpuSeconds);
  });
});

describe("a checkpoint", () => {
  it("is written as often as asked, holds optimiser and best parameters, and stays until it is removed", async () => {
    let written = 0;
    await train({ ...options, checkpoint, checkpointSeconds: 0, onCheckpoint: () => written++ });
    expect(written).toBe(18); // after every update
    const { tensors, metadata } = decodeSafetensors(readFileSync(checkpoint), checkpoint);
    expect([...tensors.keys()]).toEqual(
      expect.arrayContaining([
        "parameters.U_r",
        "optimiser.meanSquare.U_r",
        "optimiser.velocity.U_r",
        "best.U_r",
      ]),
    );
    expect(metadata).toMatchObject({ format: "gated-rnn/checkpoint/2", updates: "18" });
    expect(readdirSync(folder)).toEqual(["run.safetensors"]);
    removeCheckpoint(checkpoint);
    removeCheckpoint(checkpoint);
    expect(existsSync(checkpoint)).toBe(false);
  });

  it("of another run is refused, and so is a damaged one", async () => {
    await train({ ...options, epochs: 1, checkpoint, checkpointSeconds: 0 });
    await expect(train({ ...options, epochs: 2, checkpoint })).rejects.toThrow(
      /run\.safetensors: expected a checkpoint of run [0-9a-f]{16}, got one of run [0-9a-f]{16}; give this run a file of its own/,
    );
    const bytes = readFileSync(checkpoint);
    writeFileSync(checkpoint, bytes.subarray(0, bytes.length - 8));
    await expect(train({ ...options, epochs: 1, checkpoint })).rejects.toThrow(
      `${checkpoint}: at byte 8: expected`,
    );
  });

  it("of before update rules had names is told from a damaged one", async () => {
    await train({ ...options, epochs: 1, checkpoint, checkpointSeconds: 0 });
    const { tensors, metadata } = decodeSafetensors(readFileSync(checkpoint), checkpoint);
    const former = { ...metadata, format: "gated-rnn/checkpoint/1" };
    writeFileSync(checkpoint, sealedSafetensors({ tensors, metadata: former }));
    await expect(train({ ...options, epochs: 1, checkpoint })).rejects.toThrow(
      "expected a gated-rnn/checkpoint/2 file, got one of a former version, gated-rnn/checkpoint/1; remove it, or give --restart",
    );
  });

  it("that cannot be written ends the run before it begins, naming path and cause, and nothing half-written stays", async () => {
    writeFileSync(join(folder, "file"), "");
    const unwritable = join(folder, "file", "run.safetensors");
    const onProgress = () => expect.unreachable("it trained");
    await expect(train({ ...options, checkpoint: unwritable, onProgress })).rejects.toThrow(
      `${join(folder, "file")}: expected a folder that can be written, got ${join(folder, "file")}, which is no folder; choose another place`,
    );
    expect(readdirSync(folder)).toEqual(["file"]);
  });
});

it("a run that is found hopeless ends after its epoch as pruned, with the results of its best parameters", async () => {
  const { record } = await train({ ...options, isHopeless: () => true });
  expect(record).toMatchObject({ status: "pruned", bestEpoch: 0 });
  let epochs = 0;
  const later = await train({ ...options, isHopeless: () => ++epochs > 2 });
  expect(later.record).toMatchObject({ status: "pruned", bestEpoch: 2 });
  expect(later.record.curve).toHaveLength(2);
});

it.each([adam, ownRule])("goes on by $name from its memory to the same bits", async (update) => {
  const run = { ...options, update };
  const undisturbed = await train(run);
  expect(undisturbed.record.configuration).toMatchObject({
    update: update.name,
    updateSettings: update.settings,
  });
  expect(undisturbed.record.configuration).not.toHaveProperty("decay");
  const { result, sittings } = await inSittings(run, 5);
  expect(sittings.length).toBeGreaterThan(2);
  expect(outcome(result)).toEqual(outcome(undisturbed));
});
