import { describe, expect, it } from "vitest";
import type { Batch } from "../../lib/data/batch.js";
import { type SequenceTaskOptions, sequenceTask, type Task } from "../../lib/index.js";
import { rowsTask } from "../../lib/tasks/rows.js";

const only = (task: Task, split: "train" | "valid" | "test" = "train"): Batch => {
  const [batch, ...more] = task.evaluation(split);
  expect(more).toEqual([]);
  return batch;
};
const dense = ({ input, target }: Batch, which: "input" | "target" = "input") => {
  const rows = which === "input" ? input : target;
  return rows.kind === "dense" ? [...rows.values] : [];
};
const columns = ({ target }: Batch) => (target.kind === "sparse" ? [...target.columns] : []);

/** All three splits alike. */
const same = (sequences: readonly unknown[], more: object = {}) =>
  sequenceTask({
    train: sequences,
    valid: sequences,
    test: sequences,
    ...more,
  } as SequenceTaskOptions);

describe("series of numbers without targets", () => {
  it("are read up to the last step but one, and predict the next", () => {
    const batch = only(same([[1, 2, 4]], { normalise: false }));
    expect(dense(batch)).toEqual([1, 2]);
    expect(dense(batch, "target")).toEqual([2, 4]);
    expect([...batch.lengths]).toEqual([2]);
  });

  it("are packed longest first, step by step, as every batch is", () => {
    const series = [
      [[1], [2]],
      [[10], [20], [30], [40]],
    ];
    const batch = only(same(series, { normalise: false }));
    expect([...batch.sources]).toEqual([1, 0]);
    expect([...batch.stepOffsets]).toEqual([0, 2, 3, 4]);
    expect(dense(batch)).toEqual([10, 1, 20, 30]);
    expect(dense(batch, "target")).toEqual([20, 2, 30, 40]);
  });

  it("are normalised by what training reads alone, and say by what", () => {
    const task = sequenceTask({
      train: [
        [
          [2, 5],
          [4, 5],
          [9, 9],
        ],
      ],
      valid: [
        [
          [100, 5],
          [4, 6],
        ],
      ],
      test: [
        [
          [3, 5],
          [3, 5],
        ],
      ],
      columns: ["height", "width"],
    });
    // training reads 2 and 4: mean 3, deviation 1; the second column stands still and keeps its unit
    expect(task.units).toMatchObject({
      kind: "values",
      of: "next",
      columns: [
        { name: "height", mean: 3, deviation: 1 },
        { name: "width", mean: 5, deviation: 1 },
      ],
    });
    expect(dense(only(task))).toEqual([-1, 0, 1, 0]);
    expect(dense(only(task), "target")).toEqual([1, 0, 6, 4]);
    expect(dense(only(task, "valid"))).toEqual([97, 0]);
  });

  it("may be typed arrays", () => {
    const batch = only(
      same([Float32Array.of(1, 2, 4), Float64Array.of(1, 2)], { normalise: false }),
    );
    expect(dense(batch)).toEqual([1, 1, 2]);
  });
});

describe("targets of every step", () => {
  it("are numbers of another width than the input's", () => {
    const sequence = {
      input: [
        [1, 2],
        [3, 4],
      ],
      target: [7, 9],
    };
    const task = same([sequence], { normalise: false });
    expect([task.inputSize, task.output.targetSize]).toEqual([2, 1]);
    expect(dense(only(task), "target")).toEqual([7, 9]);
  });

  it("that are null are not predicted, nor fitted", () => {
    const task = same([{ input: [1, 2, 3, 4], target: [null, 4, null, 8] }]);
    expect(task.units).toMatchObject({ columns: [{ mean: 6, deviation: 2 }] });
    expect(dense(only(task), "target")).toEqual([0, -1, 0, 1]);
    expect(only(task).weights).toEqual(Float32Array.of(0, 1, 0, 1));
  });

  it("become classes where they are names, in the order of their letters", () => {
    const task = same([{ input: [1, 2, 3], target: ["sit", "run", "sit"] }]);
    expect(task.units).toMatchObject({ kind: "classes", of: "step", classes: ["run", "sit"] });
    expect(columns(only(task))).toEqual([1, 0, 1]);
  });

  it("have weights, which an unknown target takes away", () => {
    const weights = [1, 0.5, 2, 1];
    const target = ["a", "b", null, "b"];
    const batch = only(same([{ input: [1, 2, 3, 4], target, weights }]));
    expect(batch.weights).toEqual(Float32Array.of(1, 0.5, 0, 1));
    expect(only(same([{ input: [1, 2], target: [1, 2] }])).weights).toBeUndefined();
  });
});

describe("one target for a whole sequence", () => {
  const task = same([
    { input: [1, 2, 3], target: "up" },
    { input: [3, 1], target: "down" },
  ]);

  it("is predicted at the last step alone, by the rows' weights", () => {
    const batch = only(task);
    expect([...batch.lengths]).toEqual([3, 2]);
    expect(batch.weights).toEqual(Float32Array.of(0, 0, 0, 1, 1)); // steps: (0, 0), (0, 1), (1)
    expect(task.units).toMatchObject({ of: "sequence", classes: ["down", "up"] });
  });

  it("keeps the sequence whole in training, however long", () => {
    const { batches } = task.epoch({ batchSize: 1, maxSteps: 2, seed: 1, epoch: 1 });
    expect([...batches].map(({ time }) => time).sort()).toEqual([2, 3]);
  });
});

describe("other kinds", () => {
  it("classes may be continued: each is read as a one-hot row", () => {
    const task = same([["a", "b", "b", "c"]], { predict: "classes" });
    const batch = only(task);
    expect(task.inputSize).toBe(3);
    expect(batch.input).toMatchObject({ kind: "sparse", width: 3 });
    expect(columns(batch)).toEqual([1, 1, 2]);
  });

  it("numbered classes are as many as the highest asks for, or as are told", () => {
    const numbered = (more: object) =>
      same([{ input: [0, 0], target: [0, 3] }], { predict: "classes", ...more }).output.targetSize;
    expect(numbered({})).toBe(4);
    expect(numbered({ classes: 9 })).toBe(9);
  });

  it("keys are lists, read and predicted as sparse rows without twins", () => {
    const batch = only(same([[[0, 4], [2, 2, 1], []]], { predict: "keys", keys: 5 }));
    expect(columns(batch)).toEqual([1, 2]);
    expect(batch.input).toMatchObject({ width: 5 });
  });

  it("counts are read normalised and predicted as they are", () => {
    const task = same(
      [
        [
          [2, 0],
          [4, 1],
          [6, 0],
        ],
      ],
      { predict: "counts" },
    );
    expect(dense(only(task), "target")).toEqual([4, 1, 6, 0]);
    expect(dense(only(task))).toEqual([-1, -1, 1, 1]);
  });
});

describe("an epoch", () => {
  const series = Array.from({ length: 10 }, (_, i) => Array.from({ length: 9 + i }, (_, t) => t));
  const task = same(series);
  const options = { batchSize: 4, maxSteps: 5, seed: 1, epoch: 1 };

  it("cuts long sequences, and predicts every step once", () => {
    const batches = [...task.epoch(options).batches];
    expect(Math.max(...batches.map(({ time }) => time))).toBe(5);
    const rows = batches.reduce((sum, { stepOffsets, time }) => sum + stepOffsets[time], 0);
    expect(rows).toBe(series.reduce((sum, { length }) => sum + length - 1, 0));
    expect(task.epoch(options).count).toBe(batches.length);
  });

  it("has an order that is a function of seed and epoch", () => {
    const order = (more: object) =>
      [...task.epoch({ ...options, ...more }).batches].map(({ sources }) => [...sources]);
    expect(order({})).toEqual(order({}));
    expect(order({ epoch: 2 })).not.toEqual(order({}));
    expect(order({ seed: 2 })).not.toEqual(order({}));
  });
});

describe("a split by rule", () => {
  const sequences = Array.from({ length: 20 }, (_, i) => [i, i + 1, i + 2]);

  it("follows from its seed, whatever the order", () => {
    const checksum = (seed: number) => sequenceTask({ sequences, split: { seed } }).checksum;
    expect(checksum(1)).toBe(checksum(1));
    expect(checksum(2)).not.toBe(checksum(1));
  });

  it("never has the same sequence on two sides", () => {
    const twins = [...sequences, ...sequences];
    const task = sequenceTask({ sequences: twins, normalise: false, split: { valid: 0.3 } });
    const firsts = (["train", "valid", "test"] as const).map((split) =>
      [...task.evaluation(split)].flatMap((batch) => dense(batch).slice(0, batch.size)),
    );
    for (const split of firsts) expect(new Set(split).size).toBe(split.length / 2);
    expect(new Set(firsts.flat()).size).toBe(20); // none in two splits, and none lost
    expect(firsts.map((split) => split.length)).toEqual([24, 12, 4]);
  });
});

describe("what makes no sense is refused by its place", () => {
  const refused: [string, object | (() => object), string][] = [
    [
      "ragged rows",
      {
        train: [
          [
            [1, 2],
            [3, 4],
          ],
          [[1, 2], [3]],
        ],
      },
      "train sequence 1, step 1: expected target: 2 numbers, as the first step has, got 1 of them",
    ],
    [
      "another width in validation",
      { valid: [[[1], [2]]] },
      "valid sequence 0, step 0: expected input: 2",
    ],
    [
      "NaN",
      {
        test: [
          [
            [1, 2],
            [Number.NaN, 2],
          ],
        ],
      },
      "test sequence 0, step 1: expected target: finite numbers, got NaN",
    ],
    [
      "infinity",
      {
        train: [
          [
            [1, Number.POSITIVE_INFINITY],
            [1, 2],
          ],
        ],
      },
      "train sequence 0, step 0: expected input: finite numbers, got Infinity",
    ],
    [
      "text for numbers",
      {
        predict: "values",
        train: [
          [
            ["1", 2],
            [1, 2],
          ],
        ],
      },
      'got "1"',
    ],
    [
      "holes",
      { train: [[[1, 2], undefined, [1, 2]]] },
      "train sequence 0, step 1: expected target: a number or a list",
    ],
    ["a sequence without steps", { train: [[]] }, "train sequence 0: expected at least one step"],
    [
      "what is no sequence",
      { train: [5] },
      "train sequence 0: expected an array of steps, or { input, target }, got 5",
    ],
    [
      "an empty split",
      { valid: [] },
      "expected a predictable step in every split, got none in valid",
    ],
    ["sequences of one step", { test: [[[1, 2]], [[3, 4]]] }, "got none in test"],
    ["no split", { test: undefined }, "expected test to be an array of sequences, got undefined"],
    [
      "targets that nobody knows",
      () => all({ input: [1, 2], target: [null, null] }),
      "target: expected a step that is known, got none",
    ],
    [
      "targets of another length",
      () => all({ input: [1, 2, 3], target: ["a", "b"] }),
      "train sequence 0: expected a target for each of 3 steps, got 2 of them",
    ],
    [
      "targets here and there",
      { train: [{ input: [1, 2], target: ["a", "b"] }, [1, 2]] },
      "train sequence 1: expected a target for each step, as the first sequence has, got undefined",
    ],
    [
      "a class that training lacks",
      () => classes({ valid: [{ input: [1], target: ["c"] }] }),
      'valid sequence 0, step 0: expected a class (a, b), got "c"; name all of them',
    ],
    [
      "a class out of range",
      () => ({ ...all({ input: [1, 1], target: [1, 2] }), classes: 2 }),
      "train sequence 0, step 1: expected a class (0, 1), got 2",
    ],
    [
      "one class alone",
      () => classes({ train: [{ input: [1, 1], target: ["a", "a"] }] }),
      "expected two classes or more",
    ],
    ["twins among classes", () => classes({ classes: ["a", "a"] }), "different names"],
    [
      "weights of another length",
      () => classes({ train: [{ input: [1, 1], target: ["a", "b"], weights: [1] }] }),
      "expected a weight for each of 2 steps, got 1 of them",
    ],
    [
      "weights below 0",
      () => classes({ train: [{ input: [1, 1], target: ["a", "b"], weights: [1, -1] }] }),
      "train sequence 0, step 1: expected a weight from 0 on, got -1",
    ],
    [
      "a split of no weight",
      () => classes({ test: [{ input: [1, 1], target: ["a", "b"], weights: [0, 0] }] }),
      "got none in test",
    ],
    [
      "keys out of range",
      () => keys({ train: [[[0], [4]]] }),
      "train sequence 0, step 1: expected target: keys from 0 to 3, got 4",
    ],
    [
      "keys of no number",
      () => keys({ keys: undefined }),
      "expected `keys` to say how many keys there are, got undefined",
    ],
    [
      "counts below 0",
      {
        predict: "counts",
        train: [
          [
            [1, 2],
            [1, -2],
          ],
        ],
      },
      "expected target: counts, whole numbers from 0 on, got -2",
    ],
    [
      "broken counts",
      {
        predict: "counts",
        train: [
          [
            [1.5, 2],
            [1, 2],
          ],
        ],
      },
      "got 1.5",
    ],
    [
      "too few names of columns",
      { columns: ["a"] },
      "input columns: expected a name for each of 2, got 1",
    ],
    [
      "a name with folders in it",
      { name: "../x" },
      'expected a name of letters, digits, dots, dashes and underlines, got "../x"',
    ],
  ];
  const sound = [
    [
      [1, 2],
      [3, 4],
    ],
  ];
  const all = (sequence: object) => ({ train: [sequence], valid: [sequence], test: [sequence] });
  const labelled = [{ input: [1, 1], target: ["a", "b"] }];
  const classes = (more: object) => ({ train: labelled, valid: labelled, test: labelled, ...more });
  const chords = [[[0], [1]]];
  const keys = (more: object) => ({
    train: chords,
    valid: chords,
    test: chords,
    predict: "keys",
    keys: 4,
    ...more,
  });

  it.each(refused)("%s", (_, given, message) => {
    const more = typeof given === "function" ? given() : given;
    const options = { train: sound, valid: sound, test: sound, name: "mine", ...more };
    const make = () => sequenceTask(options as SequenceTaskOptions);
    expect(make).toThrow(message);
    expect(make).toThrow(expect.objectContaining({ code: "usage" }));
  });
});

describe("a task's checksum", () => {
  const sequences = [
    [
      [1, 2],
      [3, 4],
    ],
  ];
  const checksum = (more: object) => same(sequences, more).checksum;

  it("is that of its contents: data, normalisation and what is predicted", () => {
    expect(checksum({})).toMatch(/^[0-9a-f]{64}$/);
    expect(checksum({ name: "other" })).toBe(checksum({}));
    expect(checksum({ normalise: false })).not.toBe(checksum({}));
    expect(
      same([
        [
          [1, 2],
          [3, 5],
        ],
      ]).checksum,
    ).not.toBe(checksum({}));
  });
});

it("a task of rows is made again from its source, which is plain data", () => {
  const task = same([
    { input: [1, 2, 3], target: "up" },
    { input: [1], target: "down" },
  ]);
  const source = structuredClone(task.source);
  if (source?.kind !== "rows") throw new Error("expected rows");
  const again = rowsTask(source.data);
  expect([...again.evaluation("test")]).toEqual([...task.evaluation("test")]);
  expect(again.checksum).toBe(task.checksum);
});
