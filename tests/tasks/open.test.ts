import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { midiBytes } from "../../lib/data/midi-out.js";
import { pianoRoll } from "../../lib/data/piano-roll.js";
import { wavBytes } from "../../lib/data/wav-out.js";
import type { DataOptions, Task } from "../../lib/index.js";
import { openTask } from "../../lib/tasks/open.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gated-rnn-open-"));
  vi.stubEnv("GATED_RNN_DATA", join(folder, "cache"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function write(name: string, contents: string | Uint8Array): string {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, contents);
  return file;
}
const steps = (task: Task) =>
  (["train", "valid", "test"] as const).map((split) =>
    [...task.evaluation(split)].reduce((sum, b) => sum + b.stepOffsets[b.time], 0),
  );

/** Files a, b, … each of the next integer's lines. */
const tables = (count: number, text: (i: number) => string, where = (_: number) => "set") => {
  for (let i = 0; i < count; i++) write(`${where(i)}/${i}.csv`, text(i));
  return join(folder, "set");
};
const walk = (i: number) =>
  `time,x,y,kind\n08:00,${i},1,${i % 2 ? "odd" : "even"}\n08:01,${i + 1},2,${i % 2 ? "odd" : "even"}\n08:02,${i},4,${i % 2 ? "odd" : "even"}\n`;

describe("CSV files", () => {
  it("are a sequence each, and their numbers are read and predicted a row ahead", async () => {
    const { task, notices } = await openTask(tables(10, walk));
    expect(task.name).toBe("set");
    expect(task.units).toMatchObject({ kind: "values", of: "next" });
    expect([task.inputSize, task.output.targetSize]).toEqual([2, 2]);
    expect(steps(task)).toEqual([16, 2, 2]);
    expect(notices).toEqual(["reads x, y; predicts x, y of the next row", "left out: time, kind"]);
  });

  it("in folders train, valid and test are these splits", async () => {
    const where = (i: number) => (i < 1 ? "set/test" : i < 3 ? "set/valid" : "set/train");
    expect(steps((await openTask(tables(10, walk, where))).task)).toEqual([14, 4, 2]);
  });

  it("are split by the rule that is asked for", async () => {
    const split = { valid: 0.3, test: 0.2, seed: 7 };
    const { task } = await openTask(tables(10, walk), { split });
    expect(steps(task)).toEqual([10, 6, 4]);
    const other = await openTask(join(folder, "set"), { split: { ...split, seed: 8 } });
    expect(other.task.checksum).not.toBe(task.checksum);
  });

  it.each<[string, DataOptions, object, string]>([
    [
      "the next values of some columns",
      { target: ["y"] },
      {
        kind: "values",
        of: "step",
        columns: [{ name: "y" }],
        input: { columns: [{ name: "x" }, { name: "y" }] },
      },
      "reads x, y; predicts y of the next row",
    ],
    [
      "values of the same row",
      { target: ["y"], of: "step" },
      { of: "step", input: { columns: [{ name: "x" }] } },
      "reads x; predicts y of each row",
    ],
    [
      "a class that never changes, once for each file",
      { target: ["kind"] },
      { kind: "classes", of: "sequence", classes: ["even", "odd"] },
      "reads x, y; predicts kind of each whole sequence, at its last row (classes)",
    ],
    [
      "a class of every row",
      { target: ["kind"], of: "step" },
      { kind: "classes", of: "step" },
      "predicts kind of each row (classes)",
    ],
    [
      "numbers as classes",
      { target: ["y"], predict: "classes", input: ["x"] },
      { kind: "classes", of: "step", classes: ["1", "2", "4"] },
      "reads x; predicts y of each row (classes)",
    ],
    [
      "counts",
      { target: ["y"], predict: "counts" },
      { kind: "counts", columns: ["y"] },
      "(counts)",
    ],
    [
      "a number for each whole file",
      { target: ["y"], of: "sequence" },
      { kind: "values", of: "sequence" },
      "predicts y of each whole sequence",
    ],
  ])("may be asked for %s", async (_, options, units, notice) => {
    const { task, notices } = await openTask(tables(10, walk), options);
    expect(task.units).toMatchObject(units);
    expect(notices[0]).toContain(notice);
  });

  it("targets a row ahead are those of the next row", async () => {
    const { task } = await openTask(tables(3, walk), { target: ["y"] });
    const [{ target, lengths }] = task.evaluation("test");
    expect([...lengths]).toEqual([2]);
    if (target.kind !== "dense") throw new Error("expected numbers");
    expect([...target.values]).toEqual([-1, 1]); // 2 and 4
    expect(task.units).toMatchObject({ columns: [{ name: "y", mean: 3, deviation: 1 }] });
  });

  it("one alone is cut into its splits where it stands", async () => {
    const rows = Array.from({ length: 20 }, (_, t) => `${t}\n`).join("");
    const { task } = await openTask(write("one.csv", `x\n${rows}`));
    expect(task.name).toBe("one");
    expect(steps(task)).toEqual([15, 1, 1]); // of 16, 2 and 2 rows
    expect(task.units).toMatchObject({ columns: [{ name: "x", mean: 7 }] }); // reads 0 … 14
  });

  it("one with several sequences is taken apart by a column", async () => {
    const rows = Array.from({ length: 40 }, (_, t) => `${t % 10},${t}\n`).join("");
    const { task } = await openTask(write("many.csv", `who,x\n${rows}`), { sequence: "who" });
    expect(steps(task)).toEqual([24, 3, 3]); // ten of four rows
  });

  it("targets that are empty are not predicted", async () => {
    const file = (i: number) => `x,y\n${i},1\n2,\n3,${i}\n`;
    const { task } = await openTask(tables(3, file), { target: ["y"], of: "step" });
    const [{ weights }] = task.evaluation("train");
    expect(weights).toEqual(Float32Array.of(1, 0, 1));
  });

  it.each<[string, DataOptions, string]>([
    [
      "a target that is not there",
      { target: ["z"] },
      "--target: expected columns among time, x, y, kind, got z",
    ],
    [
      "an input that is not there",
      { input: ["z"] },
      "--input: expected columns among time, x, y, kind, got z",
    ],
    [
      "two columns of classes",
      { target: ["kind", "time"] },
      "expected the one column of classes, got kind, time",
    ],
    [
      "words as input",
      { input: ["kind"] },
      '0.csv: line 2, column kind: expected a number, got "even"',
    ],
    [
      "a target that is read",
      { target: ["y"], input: ["x", "y"], of: "step" },
      "expected columns that do not tell the target, got y itself",
    ],
    [
      "sequences by a column that is not there",
      { sequence: "z" },
      "expected a column z that tells sequences apart",
    ],
    [
      "what is meant for text",
      { steps: 5 },
      "no options but split, target, input, predict, of, sequence for data of this kind, got steps",
    ],
    ["shares that make no sense", { split: { valid: 2 } }, "data: split.valid: "],
  ])("%s is refused", async (_, options, message) => {
    await expect(openTask(tables(4, walk), options)).rejects.toThrow(message);
  });

  it("that have other columns than the first are refused by name", async () => {
    const path = tables(3, walk);
    write("set/9.csv", "x,y\n1,2\n");
    await expect(openTask(path)).rejects.toThrow(
      "9.csv: expected the columns time, x, y, kind, as 0.csv has, got x, y",
    );
  });

  it.each(["NaN", "-inf", "N/A", " nan"])(
    "with %j among numbers are refused by line and column, not read without that column",
    async (cell) => {
      const path = tables(3, walk);
      write("set/1.csv", `time,x,y,kind\n1,2,3,odd\n2,3,${cell},odd\n`);
      await expect(openTask(path)).rejects.toThrow(
        /1\.csv: line 3, column y: expected a number, got ".+"; fill it, or name the columns to read by --input/,
      );
      const { notices } = await openTask(path, { input: ["x"] });
      expect(notices?.join("\n")).toContain("reads x");
    },
  );

  it("with an empty cell among those that are read are refused by line and column", async () => {
    const path = tables(3, walk);
    write("set/1.csv", "time,x,y,kind\n1,2,3,odd\n2,3,,odd\n");
    await expect(openTask(path)).rejects.toThrow(
      "1.csv: line 3, column y: expected a number, got nothing",
    );
  });
});

describe("text files", () => {
  it("one is cut where it stands", async () => {
    const { task } = await openTask(write("my book.txt", "abcdefghij".repeat(10)), { steps: 7 });
    expect(task).toMatchObject({ name: "my-book", title: "my book", inputSize: 10 });
    expect(steps(task)).toEqual([79, 9, 9]);
  });

  it("several are a text each", async () => {
    for (let i = 0; i < 10; i++) write(`texts/${i}.txt`, `text ${i}`);
    expect(steps((await openTask(join(folder, "texts"))).task)).toEqual([40, 5, 5]);
  });

  it("that are no UTF-8 are refused by name", async () => {
    const file = write("latin.txt", Uint8Array.of(0xe9, 0x20, 0xe9));
    await expect(openTask(file)).rejects.toThrow("latin.txt: expected text in UTF-8");
  });
});

describe("folders of sound", () => {
  const piece = (i: number) => midiBytes(pianoRoll([[60 + i], [62], [64 + i]]));

  it("MIDI files are music, split by their folders or by a rule", async () => {
    for (let i = 0; i < 10; i++) write(`tunes/${i}.mid`, piece(i));
    const { task, dataset } = await openTask(join(folder, "tunes"));
    expect(dataset?.kind).toBe("music");
    expect(task.units.kind).toBe("music");
    expect(steps(task).every((count) => count > 0)).toBe(true);
    expect([...task.evaluation("train")].reduce((n, { size }) => n + size, 0)).toBe(8);
  });

  it("WAV files are speech, prepared once for as long as they are the same", async () => {
    const sound = (i: number) =>
      wavBytes([Float32Array.from({ length: 300 }, (_, t) => Math.sin(0.1 * t * (i + 1)))], 8000);
    for (let i = 0; i < 10; i++) write(`words/${i}.wav`, sound(i));
    const open = async () => (await openTask(join(folder, "words"), { sequenceSamples: 100 })).task;
    const task = await open();
    expect(task.units.kind).toBe("speech");
    expect(steps(task)).toEqual([8 * 3 * 8, 3 * 8, 3 * 8]);
    expect((await open()).checksum).toBe(task.checksum);
    write("words/3.wav", sound(20));
    expect((await open()).checksum).not.toBe(task.checksum);
  });

  it("a broken file is left out, and told of", async () => {
    for (let i = 0; i < 10; i++) write(`tunes/${i}.mid`, piece(i));
    write("tunes/broken.mid", "no music");
    const { notices } = await openTask(join(folder, "tunes"));
    expect(notices).toEqual([expect.stringMatching(/^left out: 1 files, first: broken\.mid: /)]);
  });
});

describe("what is no data is refused", () => {
  it.each<[string, () => string, string]>([
    ["a name that is none", () => "jsbb", "data: expected one of jsb, nottingham"],
    [
      "an empty folder",
      () => dirname(write("empty/readme.md", "")),
      "expected MIDI, WAV, CSV or text files, got none of them",
    ],
    [
      "a folder of two kinds",
      () => {
        write("mixed/a.csv", "x\n1\n");
        return dirname(write("mixed/a.txt", "x"));
      },
      "expected files of one kind, got 1 of csv and 1 of text",
    ],
    [
      "one piece of music",
      () => write("a.mid", midiBytes(pianoRoll([[60], [61]]))),
      "expected a folder of MIDI files",
    ],
    [
      "another kind of file",
      () => write("a.png", "png"),
      "expected a .csv or .txt file, or a folder, got none of them",
    ],
  ])("%s", async (_, path, message) => {
    await expect(openTask(path())).rejects.toThrow(message);
  });

  it("a set's own name takes no options", async () => {
    await expect(openTask("synthetic", { target: ["x"] })).rejects.toThrow(
      "synthetic: expected no options for data of this kind, got target",
    );
  });

  it("a folder that is called as a set is has a name of its own", async () => {
    tables(4, walk, () => "jsb");
    expect((await openTask(join(folder, "jsb"))).task.name).toBe("own-jsb");
  });
});
