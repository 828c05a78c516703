import { beforeAll, describe, expect, it } from "vitest";
import {
  categorical,
  gru,
  initialState,
  memoryless,
  model,
  poisson,
  predictSequence,
  sampleSequence,
  sampleText,
  sequenceTask,
  type Task,
  type TrainResult,
  textTask,
  train,
} from "../../lib/index.js";

/** A model that nobody has trained. */
const untrained = (task: Task) => {
  const small = model(gru, task.inputSize, 3, task.output);
  return { model: small, parameters: initialState(small, 1).parameters, units: task.units };
};
const same = (sequences: object[], more: object = {}) =>
  sequenceTask({ train: sequences, valid: sequences, test: sequences, ...more } as never);

/** A model whose readout is its bias, whatever it reads. */
const always = (task: Task, bias: readonly number[]) => {
  const still = model(memoryless, task.inputSize, 1, task.output);
  const parameters = new Map(
    still.parameters.map(({ name, shape }) => [
      name,
      name === "b_y" ? Float32Array.from(bias) : new Float32Array(shape.reduce((a, b) => a * b)),
    ]),
  );
  return { model: still, parameters, units: task.units };
};

describe("text", () => {
  let trained: TrainResult;
  beforeAll(async () => {
    const task = textTask("abcd".repeat(300), { steps: 20 });
    trained = await train({ task, cell: gru, hiddenSize: 16, epochs: 60, learningRate: 0.01 });
  });

  it("goes on as it was learnt, from a primer", async () => {
    const options = { steps: 12, temperature: 0, primer: "cda" };
    expect(await sampleText(trained, options)).toBe("bcdabcdabcda");
  });

  it("is a function of the seed", async () => {
    const text = (seed: number) =>
      sampleText(untrained(textTask("to be or not".repeat(9))), { seed });
    expect(await text(1)).toBe(await text(1));
    expect(await text(2)).not.toBe(await text(1));
    expect(await text(1)).toHaveLength(100);
  });

  it("tells the chances of every character", async () => {
    const [first, last] = await predictSequence(trained, ["a", "b"]);
    expect([first.likeliest, last.likeliest]).toEqual(["b", "c"]);
    const { chances = {} } = last;
    expect(Object.keys(chances)).toEqual(["a", "b", "c", "d"]);
    expect(Object.values(chances).reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    expect(chances.c).toBeGreaterThan(0.9);
  });

  it("of characters that it does not know is refused", async () => {
    await expect(sampleText(trained, { primer: "abx" })).rejects.toThrow(
      'step 2: expected one of "a", "b", "c", "d", got "x"',
    );
  });
});

describe("numbers", () => {
  const task = same(
    [
      [
        [10, 1],
        [30, 3],
        [20, 9],
      ],
    ],
    { columns: ["a", "b"] },
  );
  // training reads (10, 1) and (30, 3): means 20 and 2, deviations 10 and 1

  it("come back in the data's own units", async () => {
    const made = await sampleSequence(always(task, [0.5, -1, -40, -40]), {
      steps: 2,
      temperature: 0,
    });
    expect(made).toEqual([
      [25, 1],
      [25, 1],
    ]);
  });

  it("are drawn with the deviation that the model has learnt", async () => {
    const trained = always(task, [0, 0, Math.log(Math.E ** 2 - 1), -40]); // σ = 2.01 and 0.01
    const made = (await sampleSequence(trained, { steps: 4000 })) as number[][];
    const deviation = (j: number, mean: number) =>
      Math.sqrt(made.reduce((sum, row) => sum + (row[j] - mean) ** 2, 0) / made.length);
    expect(deviation(0, 20)).toBeCloseTo(20.1, 0);
    expect(deviation(1, 2)).toBeCloseTo(0.01, 3);
  });

  it("are read in the data's own units, and refused in others", async () => {
    const trained = untrained(task);
    expect(
      await predictSequence(trained, [
        [10, 1],
        [30, 3],
      ]),
    ).toHaveLength(2);
    await expect(predictSequence(trained, [[10]])).rejects.toThrow(
      "step 0: expected 2 finite numbers",
    );
    await expect(predictSequence(trained, ["a"])).rejects.toThrow(
      "expected 2 finite numbers, got a",
    );
    await expect(predictSequence(trained, [[1, Number.NaN]])).rejects.toThrow("got 1,NaN");
  });
});

describe("other kinds", () => {
  it("counts are whole numbers", async () => {
    const task = same([[[2], [4], [6]]], { predict: "counts" });
    expect(task.output.name).toBe(poisson(1).name);
    const made = await sampleSequence(untrained(task), { steps: 20 });
    for (const step of made)
      expect(step).toEqual([expect.toSatisfy((n: number) => Number.isInteger(n) && n >= 0)]);
  });

  it("keys are lists of those that are on", async () => {
    const task = same([[[0], [1, 2]]], { predict: "keys", keys: 3 });
    const made = await sampleSequence(always(task, [9, -9, 9]), { steps: 1, temperature: 0 });
    expect(made).toEqual([[0, 2]]);
  });

  it("classes of whole sequences are predicted, and cannot go on", async () => {
    const task = same([
      { input: [1, 2, 3], target: "up" },
      { input: [3, 1], target: "down" },
    ]);
    expect(task.output.name).toBe(categorical(2).name);
    const trained = always(task, [0, Math.log(3)]);
    const [, last] = await predictSequence(trained, [1, 2]);
    expect(last.likeliest).toBe("up");
    expect(last.chances?.up).toBeCloseTo(0.75, 6);
    await expect(sampleSequence(trained)).rejects.toThrow("use predictSequence");
  });
});

it("a model learns a class that stands at the end of a sequence, from its weights alone", async () => {
  const sequences = Array.from({ length: 60 }, (_, i) => ({
    input: Array.from({ length: 5 + (i % 4) }, (_, t) => (t === 0 ? (i % 3) - 1 : 0)),
    target: ["low", "middle", "high"][i % 3],
  }));
  const task = same(sequences);
  const trained = await train({ task, cell: gru, hiddenSize: 8, epochs: 60, learningRate: 0.01 });
  expect(trained.record.results.test.nllPerStep).toBeLessThan(0.1);
  const predicted = await predictSequence(trained, [1, 0, 0, 0, 0, 0]);
  expect(predicted[5].likeliest).toBe("high");
});
