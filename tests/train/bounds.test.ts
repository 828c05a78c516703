import { existsSync, mkdtempSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { gru } from "../../lib/cells/gru.js";
import { addSweep } from "../../lib/cli/sweep.js";
import { addTrain } from "../../lib/cli/train.js";
import { syntheticChorales } from "../../lib/data/synthetic.js";
import type { Engine } from "../../lib/engines/engine.js";
import { GatedRnnError } from "../../lib/errors.js";
import { generator } from "../../lib/random/generator.js";
import type { SweepPlan } from "../../lib/sweep/plan.js";
import { sweep } from "../../lib/sweep/sweep.js";
import { taskOf } from "../../lib/tasks/index.js";
import { configurationOf } from "../../lib/train/configuration.js";
import type { RunConfiguration } from "../../lib/train/record.js";
import { train } from "../../lib/train/train.js";
import { adam } from "../../lib/updates/adam.js";

/** Anything: what a caller without types may pass. */
// biome-ignore lint/suspicious/noExplicitAny: that is the point
type Anything = any;

/** The library's own, which need not be the one that lies beside the tests. */
const { Command } = createRequire(new URL("../../lib/package.json", import.meta.url))(
  "commander",
) as { readonly Command: new () => Parameters<typeof addTrain>[0] };

const folder = mkdtempSync(join(tmpdir(), "gated-rnn-bounds-"));
const dataset = syntheticChorales();
const task = taskOf(dataset);
const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;

/** Wrong for every number, and how a refusal shows it. */
const noNumbers: [Anything, string][] = [
  [nan, "NaN"],
  [infinity, "Infinity"],
  [-infinity, "-Infinity"],
  ["3", '"3"'],
  ["", '""'],
  [true, "true"],
  [[1], "a list"],
  [{}, "an object"],
];
const none: [Anything, string][] = [[null, "null"]];
const noWhole: [Anything, string][] = [2.5, -1, -2.5, 1e300].map((x) => [x, String(x)]);
const numbers = (...values: number[]): [Anything, string][] => values.map((x) => [x, String(x)]);

interface Option {
  readonly expected: string;
  readonly wrong: readonly [Anything, string][];
  readonly right: readonly Anything[];
}

const count: Option = {
  expected: "a whole number from 1 to 2147483647",
  wrong: [...noNumbers, ...none, ...noWhole, ...numbers(0, 2 ** 31)],
  right: [1, 2 ** 31 - 1],
};
const seed: Option = {
  expected: "a whole number from 0 to 4294967295",
  wrong: [...noNumbers, ...none, ...noWhole, ...numbers(2 ** 32)],
  right: [0, 2 ** 32 - 1],
};
const share: Option = {
  expected: "a number from 0 to below 1",
  wrong: [...noNumbers, ...none, ...numbers(-1e-9, 1, 2.5)],
  right: [0, 0.999],
};
const fromZero: Option = {
  expected: "a number from 0 on and finite",
  wrong: [...noNumbers, ...none, ...numbers(-1e-9, 1e39)],
  right: [0.1, 2.5],
};
const positive: Option = {
  expected: "a number above 0 and finite",
  wrong: [...noNumbers, ...none, ...numbers(0, -1, 1e-50, 1e39)],
  right: [1e-30, 2.5],
};
const orNull = (option: Option, or: string): Option => ({
  expected: `${option.expected}, or null ${or}`,
  wrong: option.wrong.filter(([value]) => value !== null),
  right: [...option.right, null],
});
const words = (expected: string, right: readonly string[]): Option => ({
  expected,
  wrong: [...noNumbers, ...none, ["constructor", '"constructor"'], ["__proto__", '"__proto__"']],
  right,
});

const options: Readonly<Record<string, Option>> = {
  hiddenSize: {
    ...count,
    expected: "a whole number from 1 to 100000",
    wrong: [...count.wrong, ...numbers(100_001)],
    right: [1, 100_000],
  },
  seed,
  epochs: count,
  patience: count,
  batchSize: count,
  maxSteps: orNull(count, "to cut none"),
  learningRate: positive,
  finalLearningRate: {
    expected: "a number above 0 and at most 1",
    wrong: [...noNumbers, ...none, ...numbers(0, -0.5, 2.5)],
    right: [1e-9, 1],
  },
  decay: share,
  momentum: share,
  epsilon: fromZero,
  rootFloor: fromZero,
  weightNoise: fromZero,
  maxGradientNorm: orNull(positive, "for never"),
  maxStepNorm: orNull(positive, "for no limit"),
  protocol: words("ours or authors", ["ours", "authors"]),
  loss: words("mean or sum", ["mean", "sum"]),
  nonFiniteGradient: words("stop or shrink", ["stop", "shrink"]),
};

const wrongOnes = Object.entries(options).flatMap(([name, { expected, wrong }]) =>
  wrong.map(([value, got]) => ({ name, value, got, expected })),
);
const rightOnes = Object.entries(options).flatMap(([name, { right }]) =>
  right.map((value) => ({ name, value })),
);

/** What a promise or a call is refused with. */
async function refusal(call: () => unknown): Promise<GatedRnnError> {
  try {
    await call();
  } catch (error) {
    expect(error).toBeInstanceOf(GatedRnnError);
    return error as GatedRnnError;
  }
  throw new Error("expected a refusal, got none");
}

/** Any work on it is too much: options are looked at first. */
const untouched = new Proxy({} as Engine, {
  get: (_, name) => (name === "then" ? undefined : expect.fail(`engine.${String(name)}`)),
});

describe("a run's options", () => {
  it.each(wrongOnes)("refuse $name: $got", async ({ name, value, got, expected }) => {
    const { code, message } = await refusal(() => configurationOf(task, gru, { [name]: value }));
    expect(code).toBe("usage");
    expect(message).toContain(`${name}: expected ${expected}, got ${got}`);
    const before = { dataset, cell: gru, engine: untouched, [name]: value } as Anything;
    expect((await refusal(() => train(before))).message).toBe(message);
  });

  it.each(rightOnes)("take $name: $value", ({ name, value }) => {
    const taken = configurationOf(task, gru, { [name]: value });
    expect(taken[name as keyof RunConfiguration]).toBe(value);
  });

  it("say what is usual in a refusal", async () => {
    const call = () => configurationOf(task, gru, { learningRate: nan });
    expect((await refusal(call)).message).toBe(
      "learningRate: expected a number above 0 and finite, got NaN; leave it out for 0.001",
    );
  });

  it("that are undefined are the usual ones", () => {
    const nothing = Object.fromEntries(Object.keys(options).map((name) => [name, undefined]));
    expect(configurationOf(task, gru, nothing)).toEqual(configurationOf(task, gru, {}));
  });

  it.each<[string, Anything, string]>([
    ["threads", 0, "threads: expected a whole number from 1 to 256, got 0"],
    ["threads", 257, "threads: expected a whole number from 1 to 256, got 257"],
    ["threads", 2.5, "threads: expected a whole number from 1 to 256, got 2.5"],
    ["threads", nan, "threads: expected a whole number from 1 to 256, got NaN"],
    ["threads", infinity, "threads: expected a whole number from 1 to 256, got Infinity"],
    ["threads", null, "threads: expected a whole number from 1 to 256, got null"],
    ["threads", "2", 'threads: expected a whole number from 1 to 256, got "2"'],
    [
      "checkpointSeconds",
      nan,
      "checkpointSeconds: expected a number from 0 on and finite, got NaN",
    ],
    ["checkpointSeconds", -1, "checkpointSeconds: expected a number from 0 on and finite, got -1"],
    ["checkpointSeconds", null, "checkpointSeconds: expected a number from 0 on and finite, got"],
    ["update", null, "update: expected a rule made by update(), got null"],
    ["update", nan, "update: expected a rule made by update(), got NaN"],
    ["update", "constructor", "update: expected one of rmsprop, adam, sgd, got constructor"],
    ["updateSettings", null, "updateSettings: expected the rule's settings by name, got null"],
    ["updateSettings", 3, "updateSettings: expected the rule's settings by name, got 3"],
    ["updateSettings", { decay: nan }, "updateSettings.decay: expected a finite number, got NaN"],
    ["updateSettings", { decay: "1" }, 'updateSettings.decay: expected a finite number, got "1"'],
    ["updateSettings", { decay: 1 }, "decay: expected a number from 0 to below 1, got 1"],
    ["updateSettings", { toString: 1 }, "toString: expected a setting of rmsprop"],
  ])("refuse %s: %o", async (name, value, message) => {
    const run = { dataset, cell: gru, engine: untouched, [name]: value } as Anything;
    const refused = await refusal(() => train(run));
    expect(refused.code).toBe("usage");
    expect(refused.message).toContain(message);
  });

  it.each([nan, infinity, -1, 1, 1e300])("refuse Adam's beta1: %o", async (beta1) => {
    const call = () => configurationOf(task, gru, { updateSettings: { beta1 } }, adam);
    expect((await refusal(call)).message).toMatch(/beta1: expected a .*, got /);
  });
});

describe("a sweep's options", () => {
  const plan: SweepPlan = {
    data: ["synthetic"],
    cells: ["gru"],
    learningRates: 1,
    seed: 1,
    seeds: 1,
    run: {},
    medianRule: false,
  };
  const out = join(folder, "refused");
  const refused = async (changes: object, given: object = {}) => {
    const call = () => sweep({ plan: { ...plan, ...changes }, out, slots: 1, ...given });
    const { code, message } = await refusal(call);
    expect(code).toBe("usage");
    expect(existsSync(out)).toBe(false);
    return message;
  };

  const shared = ["epochs", "patience", "batchSize", "maxSteps", "weightNoise", "protocol"];
  it.each(wrongOnes.filter(({ name }) => shared.includes(name)))(
    "refuse a plan with $name: $got in every run",
    async ({ name, value, got, expected }) => {
      expect(await refused({ run: { [name]: value } })).toBe(
        `sweep: run.${name}: expected ${expected}, got ${got}`,
      );
    },
  );

  const counts = ["learningRates", "seeds", "finalists", "rateSeeds"];
  it.each(
    counts.flatMap((name) =>
      [...count.wrong, [1001, "1001"]].map(([value, got]) => [name, got, value]),
    ),
  )("refuse a plan with %s: %s", async (name, got, value) => {
    expect(await refused({ [name]: value })).toBe(
      `sweep: ${name}: expected a whole number from 1 to 1000, got ${got}`,
    );
  });

  it.each(seed.wrong)("refuse a plan with the first seed %o", async (value, got) => {
    expect(await refused({ seed: value })).toBe(
      `sweep: seed: expected ${seed.expected}, got ${got}`,
    );
  });

  it("refuse seeds that would run past the last one, which would be the first again", async () => {
    expect(await refused({ seed: 2 ** 32 - 2, seeds: 3 })).toBe(
      "sweep: seeds: expected at most 2 from seed 4294967294 on, got 3; begin with a smaller seed",
    );
  });

  it("refuse what a plan does not share among its runs, in place of leaving it out", async () => {
    expect(await refused({ run: { decay: 0.5 } })).toMatch(
      /^sweep: run: expected epochs, patience, .* updateSettings, output or transpose, got decay$/,
    );
  });

  it.each([
    ["slots", "a whole number from 1 to 1024", [...count.wrong, ...numbers(1025)]],
    ["threads", "a whole number from 1 to 256", [...count.wrong, ...numbers(257)]],
    ["retries", "a whole number from 0 to 1000000", [...noNumbers, ...noWhole, ...numbers(1e7)]],
    ["checkpointSeconds", "a number from 0 on and finite", fromZero.wrong],
    ["heartbeatSeconds", "a number from 10 to 86400", [...noNumbers, ...none, ...numbers(9, 1e5)]],
    ["budgetSeconds", "a number from 0 to 2147483", [...noNumbers, ...none, ...numbers(-1, 3e6)]],
  ] as const)("refuse %s that are not %s", async (name, expected, wrong) => {
    for (const [value, got] of wrong)
      expect(await refused({}, { [name]: value })).toBe(
        `sweep: ${name}: expected ${expected}, got ${got}`,
      );
  });
});

describe("the command line's options", () => {
  const signals = ["SIGINT", "SIGTERM"] as const;
  const before = signals.map((signal) => process.listeners(signal));
  afterEach(() => {
    signals.forEach((signal, i) => {
      for (const listener of process.listeners(signal))
        if (!before[i].includes(listener)) process.off(signal, listener); // a command's, which ended early
    });
  });

  const wrong = ["NaN", "Infinity", "-1", "null", "", "x", "1e300"];
  const whole = [...wrong, "2.5"];
  const common = {
    epochs: [...whole, "0"],
    patience: [...whole, "0"],
    "batch-size": [...whole, "0"],
  };
  const table: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
    train: {
      ...common,
      hidden: [...whole, "0", "100001"],
      layers: [...whole, "0", "1001"],
      seed: [...whole, "4294967296"],
      threads: [...whole, "0", "257"],
      "learning-rate": [...wrong, "0", "1e-50", "1e39"],
      "weight-noise": [...wrong, "1e39"],
      "update-settings": [...wrong.map((x) => `decay=${x}`), "decay=1", "momentum=2.5", "rate=1"],
    },
    sweep: {
      ...common,
      seed: [...whole, "4294967296"],
      seeds: [...whole, "0", "1001"],
      "learning-rates": [...whole, "0", "1001"],
      finalists: [...whole, "0", "1001"],
      "rate-seeds": [...whole, "0", "1001"],
      slots: [...whole, "0", "1025"],
      threads: [...whole, "0", "257"],
      hours: [...wrong, "0", "1000"],
      retries: whole,
      heartbeat: [...whole, "9", "86401"],
      "weight-noise": [...wrong, "1e39"],
    },
  };
  const cases = Object.entries(table).flatMap(([command, all]) =>
    Object.entries(all).flatMap(([name, values]) =>
      values.map((value) => [command, `--${name}`, value] as const),
    ),
  );
  it.each(cases)("%s refuses %s %o", async (command, option, value) => {
    const program = new Command().exitOverride().configureOutput({ writeErr: () => {} });
    addTrain(program);
    addSweep(program);
    for (const inner of program.commands)
      inner.exitOverride().configureOutput({ writeErr: () => {} });
    const out = join(folder, `${command}-refused`);
    const args = [command, "--data", "synthetic", "--out", out, `${option}=${value}`];
    await expect(program.parseAsync(args, { from: "user" })).rejects.toThrow(
      /expected (a|one|NAME).*, got /,
    );
  });
});

describe("a generator", () => {
  it.each([2 ** 32, -1, nan, infinity, 2.5, null, "1"] as Anything[])(
    "has no seed %o, which 32 bits would take for another",
    (value) => {
      expect(() => generator(value, "shuffle")).toThrow(
        `shuffle: expected a seed, a whole number from 0 to 4294967295, got ${value}`,
      );
    },
  );

  it("has another sequence for the last seed than for the first", () => {
    const [first, last] = [0, 2 ** 32 - 1].map((s) => generator(s, "shuffle").uniform());
    expect(first).not.toBe(last);
  });
});
