import { describe, expect, it } from "vitest";
import { gru } from "../../../lib/cells/gru.js";
import type { StepSettings } from "../../../lib/engines/engine.js";
import { engineOn } from "../../../lib/engines/native/engine.js";
import { wasmKernels } from "../../../lib/engines/native/wasm.js";
import { startNodeHelper } from "../../../lib/engines/native/wasm-helper.js";
import type { HelperMessage, StartHelper } from "../../../lib/engines/native/wasm-threads.js";
import { randomBatch, randomModel, stateOf } from "../../oracle/examples.js";
import { wasmBuild } from "./builds.js";

/** Starts helpers and remembers what each was told, by which it can be seen whether they are there and how often they were asked. */
class Started {
  readonly messages: HelperMessage[] = [];
  ended = 0;

  constructor(private readonly startOne: StartHelper) {}

  readonly start: StartHelper = (script, message) => {
    this.messages.push(message);
    const helper = this.startOne(script, message);
    return { terminate: () => [this.ended++, helper.terminate()] };
  };

  /** isThere, turn, done */
  words = () =>
    this.messages.map(({ memory, words }) => [...new Int32Array(memory.buffer, words, 3)]);

  async areThere(): Promise<void> {
    while (!this.words().every(([isThere]) => isThere === 1))
      await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const settings: StepSettings = {
  learningRate: 0.01,
  weightNoise: 0.05,
  noiseSeed: 1,
  maxGradientNorm: 1,
  update: { decay: 0.95, momentum: 0.9, epsilon: 1e-4 },
};
const { model, weights } = randomModel(gru, 5, 20, 3);
const batch = randomBatch(4, 5, [40, 38, 30, 21, 9, 9, 3]);

async function sessionOf(start: StartHelper, threads: number) {
  const bytes = wasmBuild("relaxed-simd-threads");
  const engine = engineOn(
    "native-wasm",
    await wasmKernels(wasmBuild("relaxed-simd"), { bytes, start }),
  );
  return engine.open(model, stateOf(model, weights), { threads });
}

async function steps(session: Awaited<ReturnType<typeof sessionOf>>, count: number) {
  const reports = [];
  for (let k = 0; k < count; k++) reports.push(await session.trainStep(batch, settings));
  return reports;
}

describe("threads of the native engine as WebAssembly", () => {
  const never: StartHelper = () => ({ terminate: () => {} });

  it.each([2, 3])(
    "compute a step on %i of them, to the bits of one that does all parts",
    async (threads) => {
      const helpers = new Started(startNodeHelper);
      const session = await sessionOf(helpers.start, threads);
      const alone = await sessionOf(never, threads);
      const early = await steps(session, 2); // helpers begin with the first step
      expect(await steps(alone, 2)).toEqual(early);
      await helpers.areThere();
      expect(helpers.messages).toHaveLength(threads - 1);
      const before = helpers.words().map(([, turn]) => turn);
      expect(await steps(session, 20)).toEqual(await steps(alone, 20));
      expect(helpers.words().map(([, turn]) => turn)).toEqual(before.map((turn) => turn + 20));
      expect((await session.read()).parameters).toEqual((await alone.read()).parameters);
      expect(await session.evaluate(batch)).toEqual(await alone.evaluate(batch));
      await session.close();
      expect(helpers.ended).toBe(threads - 1);
    },
  );

  it("follow a memory that grows", async () => {
    const helpers = new Started(startNodeHelper);
    const session = await sessionOf(helpers.start, 2);
    await session.trainStep(batch, settings);
    await helpers.areThere();
    const long = randomBatch(5, 5, [9000, 8000, 7000]);
    const alone = await sessionOf(never, 2);
    await alone.trainStep(batch, settings);
    expect(await session.trainStep(long, settings)).toEqual(await alone.trainStep(long, settings));
    await session.close();
  });

  it("are not started for one thread, nor for a batch of one sequence", async () => {
    const helpers = new Started(startNodeHelper);
    await (await sessionOf(helpers.start, 1)).trainStep(batch, settings);
    await (await sessionOf(helpers.start, 4)).trainStep(randomBatch(1, 5, [7]), settings);
    expect(helpers.messages).toHaveLength(0);
  });

  it("are done without where one cannot begin", async () => {
    let failed = () => {};
    const failing = new Promise<void>((resolve) => {
      failed = resolve;
    });
    const session = await sessionOf((script, message) => {
      const helper = startNodeHelper(
        script.replace("WebAssembly.Instance", "WebAssembly.No"),
        message,
      );
      setTimeout(failed, 300);
      return helper;
    }, 2);
    const alone = await sessionOf(never, 2);
    expect(await steps(session, 1)).toEqual(await steps(alone, 1));
    await failing; // an error that nobody takes would end the process here
    expect(await steps(session, 2)).toEqual(await steps(alone, 2));
    await session.close();
  });

  it("tell a fault in one of them", async () => {
    const helpers = new Started((script, message) =>
      startNodeHelper(script.replace("exports.slice(", "exports.nothing("), message),
    );
    const session = await sessionOf(helpers.start, 2);
    await session.trainStep(batch, settings);
    await helpers.areThere();
    await expect(session.trainStep(batch, settings)).rejects.toThrow(
      /expected a thread to end its part of a step, got a fault in it/,
    );
    await session.close();
  });
});
