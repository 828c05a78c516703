import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { gru } from "../../lib/cells/gru.js";
import type { MusicDataset } from "../../lib/data/dataset.js";
import { pianoRoll } from "../../lib/data/piano-roll.js";
import type { Engine, StepSettings } from "../../lib/engines/engine.js";
import { reference } from "../../lib/engines/reference/index.js";
import { NotFiniteError } from "../../lib/errors.js";
import { generator } from "../../lib/random/generator.js";
import { decayedLearningRate } from "../../lib/train/configuration.js";
import { meanNll } from "../../lib/train/evaluate.js";
import { learningRateCandidates } from "../../lib/train/learning-rates.js";
import { type RunRecord, runRecord } from "../../lib/train/record.js";
import { readRecord, writeRecord } from "../../lib/train/record-file.js";
import { type TrainOptions, train } from "../../lib/train/train.js";

/** Each piece walks up or down four keys for ever: after one step everything is certain. */
function walks(pieces: number, seed: number) {
  const random = generator(seed, "walks");
  return Array.from({ length: pieces }, () => {
    const start = random.integer(4);
    return pianoRoll(
      Array.from({ length: 6 + random.integer(6) }, (_, t) => [60 + ((start + t) % 4)]),
    );
  });
}

const dataset: MusicDataset = {
  kind: "music",
  name: "walks",
  title: "walks",
  synthetic: true,
  lowestNote: 60,
  keys: 4,
  checksum: "0",
  train: walks(20, 1),
  valid: walks(5, 2),
  test: walks(5, 3),
};

const engine = await reference("cpu");
const quick: TrainOptions = {
  dataset,
  cell: gru,
  engine,
  hiddenSize: 8,
  epochs: 12,
  learningRate: 0.02,
  batchSize: 5,
  weightNoise: 0.01,
};

describe("training", () => {
  it("learns what can be learnt, and keeps the parameters of the best validation epoch", async () => {
    const { record, parameters } = await train(quick);
    expect(record.status).toBe("finished");
    expect(record.curve).toHaveLength(12);
    expect(record.curve[0].valid.nllPerStep).toBeGreaterThan(1);
    expect(meanNll(sequencesOf(record.testPieces!)).nllPerStep).toBeCloseTo(
      record.results.test.nllPerStep,
      5,
    );
    expect(record.results.test.nllPerStep).toBeLessThan(0.1);
    const lowest = Math.min(...record.curve.map((p) => p.valid.nllPerStep));
    expect(record.results.valid.nllPerStep).toBeCloseTo(lowest, 5);
    expect(record.curve[record.bestEpoch - 1].valid.nllPerStep).toBe(lowest);
    expect(parameters.get("U_r")).toHaveLength(64);
    expect(record.parameters).toEqual({ recurrent: 3 * (4 * 8 + 64 + 8), output: 9 * 4 });
    expect(runRecord.parse(JSON.parse(JSON.stringify(record)))).toEqual(record);
  });

  it("gives the same numbers for the same seed and others for another", async () => {
    const run = async (seed: number) => {
      const { record } = await train({ ...quick, epochs: 2, seed });
      return {
        id: record.id,
        results: record.results,
        losses: record.curve.map((p) => p.trainingNllPerStep),
      };
    };
    expect(await run(1)).toEqual(await run(1));
    const [a, b] = [await run(1), await run(2)];
    expect(a.losses).not.toEqual(b.losses);
    expect(a.id).not.toBe(b.id);
  });

  it("stops after patience epochs without a lower validation NLL", async () => {
    const { record } = await train({ ...quick, epochs: 40, patience: 3, learningRate: 1e-12 });
    expect(record.curve.length).toBe(record.bestEpoch + 3);
    expect(record.status).toBe("finished");
  });

  it("ends with a valid record of what it has when it is interrupted", async () => {
    const controller = new AbortController();
    const { record } = await train({
      ...quick,
      epochs: 1000,
      signal: controller.signal,
      onProgress: ({ epoch, epochShare }) => {
        if (epoch === 3 && epochShare > 0.3) controller.abort();
      },
    });
    expect(record.status).toBe("stopped");
    expect(record.curve).toHaveLength(2);
    expect(record.results.valid.nllPerStep).toBeCloseTo(
      Math.min(...record.curve.map((p) => p.valid.nllPerStep)),
      5,
    );
  });

  it("keeps the best parameters so far when a number is not finite, and says where it was", async () => {
    let updates = 0;
    const breaking: Engine = {
      ...engine,
      open: async (...args) => {
        const session = await engine.open(...args);
        const trainStep: typeof session.trainStep = (batch, settings) =>
          ++updates > 10
            ? Promise.reject(new NotFiniteError(updates, "the gradient of U_r"))
            : session.trainStep(batch, settings);
        return {
          trainStep,
          evaluate: (b) => session.evaluate(b),
          read: () => session.read(),
          write: (s) => session.write(s),
          close: () => session.close(),
        } as typeof session;
      },
    };
    const { record, error } = await train({ ...quick, engine: breaking });
    expect(error?.message).toBe(
      "training: expected finite numbers, got NaN or infinity in the gradient of U_r at update 11; lower the learning rate",
    );
    expect(record).toMatchObject({ status: "failed", error: error?.message, bestEpoch: 2 });
    expect(record.results.valid.nllPerStep).toBeCloseTo(record.curve[1].valid.nllPerStep, 5);
  });

  it("asks an engine that takes several steps at once for the next before the last is told, and for no more", async () => {
    let underWay = 0;
    const most: number[] = [];
    const eager = (stepsAtOnce: number): Engine => ({
      ...engine,
      open: async (...args) => {
        const session = await engine.open(...args);
        let last: Promise<unknown> = Promise.resolve();
        const trainStep: typeof session.trainStep = (batch, settings) => {
          most.push(++underWay);
          const telling = last
            .then(() => new Promise((resolve) => setTimeout(resolve, 2)))
            .then(() => session.trainStep(batch, settings));
          last = telling.finally(() => underWay--);
          return telling;
        };
        return Object.assign(Object.create(session), { trainStep, stepsAtOnce }) as typeof session;
      },
    });
    const records = [];
    for (const stepsAtOnce of [1, 2, 3]) {
      most.length = 0;
      const { record } = await train({ ...quick, engine: eager(stepsAtOnce), epochs: 2 });
      expect(Math.max(...most)).toBe(stepsAtOnce);
      expect(underWay).toBe(0);
      records.push(record.results);
    }
    expect(records[1]).toEqual(records[0]);
    expect(records[2]).toEqual(records[0]);
  });

  it("hands every setting of its configuration to the engine, the rate decaying linearly to its last hundredth", async () => {
    const seen: StepSettings[] = [];
    const watching: Engine = {
      ...engine,
      open: async (...args) => {
        const session = await engine.open(...args);
        const { trainStep } = session;
        session.trainStep = (batch, settings) => {
          seen.push(settings);
          return trainStep.call(session, batch, settings);
        };
        return session;
      },
    };
    await train({
      ...quick,
      engine: watching,
      epochs: 2,
      seed: 9,
      decay: 0.9,
      momentum: 0.5,
      epsilon: 1e-5,
      maxGradientNorm: null,
    } as TrainOptions);
    expect(seen).toHaveLength(8);
    expect(seen[0]).toEqual({
      learningRate: 0.02,
      weightNoise: 0.01,
      noiseSeed: 9,
      maxGradientNorm: Infinity,
      update: { decay: 0.9, momentum: 0.5, epsilon: 1e-5, rootFloor: 0 },
      maxStepNorm: Infinity,
      loss: "mean",
      nonFiniteGradient: "stop",
    });
    expect(seen[7].learningRate).toBeCloseTo(0.0002, 12);
    expect(seen[1].learningRate - seen[0].learningRate).toBeCloseTo(
      seen[7].learningRate - seen[6].learningRate,
      12,
    );
  });

  it.each([
    [{ epochs: 0 }, "epochs: "],
    [{ learningRate: -1 }, "learningRate: "],
    [{ hiddenSize: 1.5 }, "hiddenSize: "],
    [{ maxGradientNorm: 0 }, "maxGradientNorm: "],
  ])("refuses %o with a line that names the option", async (options, message) => {
    await expect(train({ ...quick, ...options })).rejects.toThrow(message);
  });
});

describe("the learning rate", () => {
  it("candidates lie between exp(−12) and exp(−6), evenly on a log scale, and repeat for a seed", () => {
    const rates = learningRateCandidates(10_000, 1);
    expect(Math.min(...rates)).toBeGreaterThanOrEqual(Math.exp(-12));
    expect(Math.max(...rates)).toBeLessThan(Math.exp(-6));
    const meanLog = rates.reduce((s, r) => s + Math.log(r), 0) / rates.length;
    expect(Math.abs(meanLog + 9)).toBeLessThan((4 * Math.sqrt(3)) / 100); // U(−12, −6): standard deviation √3
    expect(learningRateCandidates(3, 1)).toEqual(rates.slice(0, 3));
    expect(learningRateCandidates(3, 2)).not.toEqual(rates.slice(0, 3));
  });

  it("does not decay in a run of a single update", () => {
    expect(
      decayedLearningRate(
        { learningRate: 0.1, finalLearningRate: 0.01 } as Parameters<typeof decayedLearningRate>[0],
        0,
        1,
      ),
    ).toBe(0.1);
  });
});

describe("mean NLL", () => {
  it("per step weighs sequences by their length, per sequence does not", () => {
    const sequences = [
      { nll: 10, steps: 1 },
      { nll: 8, steps: 4 },
    ];
    expect(meanNll(sequences)).toEqual({ nllPerStep: 18 / 5, nllPerSequence: 6 });
  });
});

describe("a record file", () => {
  it("holds what was written and leaves no temporary file", async () => {
    const folder = mkdtempSync(join(tmpdir(), "gated-rnn-"));
    const { record } = await train({ ...quick, epochs: 1 });
    const file = writeRecord(join(folder, "new"), record);
    expect(readRecord(file)).toEqual(record);
    expect(
      readFileSync(file, "utf8")
        .split("\n")
        .filter((line) => line.startsWith(`  {"epoch":`)),
    ).toHaveLength(1);
    expect(readdirSync(join(folder, "new"))).toEqual([`walks-gru-${record.id}.json`]);
  });

  it("is refused when it is not a record, and not written over a folder that cannot be", async () => {
    const folder = mkdtempSync(join(tmpdir(), "gated-rnn-"));
    writeFileSync(join(folder, "a.json"), '{"schema":"other"}');
    expect(() => readRecord(join(folder, "a.json"))).toThrow(
      'a.json: expected a gated-rnn/run/1 record, got no valid "schema"',
    );
    expect(existsSync(join(folder, "b.json"))).toBe(false);
    expect(() => readRecord(join(folder, "b.json"))).toThrow("ENOENT");
  });
});

describe("a number that is not finite", () => {
  it("is never written into a record", async () => {
    const folder = mkdtempSync(join(tmpdir(), "gated-rnn-"));
    const { record } = await train({ ...quick, epochs: 1 });
    for (const nllPerStep of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const test = { ...record.results.test, nllPerStep };
      const write = () => writeRecord(folder, { ...record, results: { ...record.results, test } });
      expect(write).toThrow(/record: expected results\.test\.nllPerStep/);
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  it("in the final scores is a typed error instead of a record", async () => {
    const broken: Engine = {
      ...engine,
      open: async (...args) => {
        const session = await engine.open(...args);
        let calls = 0; // the epoch's validation is right, what comes after is not
        const evaluate = session.evaluate.bind(session);
        session.evaluate = async (batch) =>
          (await evaluate(batch)).map((s) => (calls++ < 5 ? s : { ...s, nll: Number.NaN }));
        return session;
      },
    };
    const run = train({ ...quick, epochs: 1, engine: broken });
    await expect(run).rejects.toBeInstanceOf(NotFiniteError);
  });
});

function sequencesOf({ nll, steps }: NonNullable<RunRecord["testPieces"]>) {
  return nll.map((sum, k) => ({ nll: sum, steps: steps[k] }));
}
