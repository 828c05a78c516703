import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { midiBytes } from "../../lib/data/midi-out.js";
import { pianoRoll } from "../../lib/data/piano-roll.js";
import { readRecord } from "../../lib/train/record-file.js";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const folder = mkdtempSync(join(tmpdir(), "gated-rnn-own-"));

function gatedRnn(...args: string[]) {
  const run = spawnSync(join(root, "node_modules", ".bin", "gated-rnn"), args, {
    cwd: folder,
    env: { ...process.env, GATED_RNN_DATA: join(folder, "data"), GATED_RNN_OFFLINE: "1" },
    encoding: "utf8",
  });
  return {
    code: run.status,
    out: run.stdout,
    err: run.stderr,
    json: () => JSON.parse(run.stdout.trim().split("\n").at(-1) as string),
  };
}

const small = ["--hidden", "3", "--epochs", "1", "--json"];

beforeAll(() => {
  mkdirSync(join(folder, "tunes"));
  mkdirSync(join(folder, "series"));
  for (let i = 0; i < 10; i++) {
    const notes = Array.from({ length: 12 }, (_, t) => [60 + ((t * (i + 1)) % 12)]);
    writeFileSync(join(folder, "tunes", `${i}.mid`), midiBytes(pianoRoll(notes)));
    const rows = Array.from(
      { length: 9 },
      (_, t) => `${t},${Math.sin(t + i)},${i % 2 ? "b" : "a"}\n`,
    );
    writeFileSync(join(folder, "series", `${i}.csv`), `t,x,kind\n${rows.join("")}`);
  }
  writeFileSync(join(folder, "book.txt"), "to be or not to be, that is the question. ".repeat(20));
});

/** The record that a training has left. */
function recordOf(out: string) {
  const [file] = readdirSync(join(folder, out)).filter((name) => name.endsWith(".json"));
  return readRecord(join(folder, out, file));
}

describe("train --data with own data states the task in its record", () => {
  it.each([
    [
      "a folder of MIDI files",
      ["tunes"],
      { name: "tunes" },
      { kind: "music", inputSize: 88, targetSize: 88 },
    ],
    [
      "a folder of CSV files",
      ["series"],
      { name: "series" },
      { kind: "values", inputSize: 2, targetSize: 2 },
    ],
    [
      "a target of theirs",
      ["series", "--target", "x", "--input", "t"],
      {},
      { kind: "values", inputSize: 1, targetSize: 1 },
    ],
    [
      "one CSV file",
      ["series/3.csv", "--input", "x", "--valid-share", "0.3", "--test-share", "0.3"],
      { name: "3" },
      { kind: "values", inputSize: 1 },
    ],
    ["a text", ["book.txt", "--text-steps", "30"], { name: "book" }, { kind: "text" }],
  ])("%s", (what, data, about, task) => {
    const out = `out-${what.replaceAll(" ", "-")}`;
    const { code, err, json } = gatedRnn("train", "--data", ...data, ...small, "--out", out);
    expect([code, err.includes("Error")]).toEqual([0, false]);
    expect(json()).toMatchObject({ hidden: 3, epochs: 1, status: "finished" });
    expect(recordOf(out).data).toMatchObject({ ...about, synthetic: false, task });
  });
});

it("a run's name follows from what its data contain", () => {
  const ids = [7, 8].map((seed) => {
    const out = `out-seed-${seed}`;
    gatedRnn("train", "--data", "series", "--split-seed", `${seed}`, ...small, "--out", out);
    return recordOf(out).id;
  });
  expect(new Set(ids).size).toBe(2);
});

it("baselines tells what there is to beat", () => {
  const { json } = gatedRnn("baselines", "--data", "series", "--target", "kind", "--json");
  expect(json()).toMatchObject({ data: "series", baselines: [{ name: "frequencies" }] });
  expect(gatedRnn("baselines", "--data", "book.txt").out).toMatch(/given the one before +train \d/);
});

it("inspect shows how a folder would be read and split", () => {
  const { json } = gatedRnn("inspect", "series", "--target", "kind", "--json");
  expect(json()).toMatchObject({
    units: { kind: "classes", of: "sequence", classes: ["a", "b"] },
    splits: { train: { sequences: 8, steps: 8 }, valid: { sequences: 1 }, test: { sequences: 1 } },
    notices: ["reads t, x; predicts kind of each whole sequence, at its last row (classes)"],
  });
  expect(gatedRnn("inspect", "tunes").out).toContain("train       8 sequences          88 steps");
});

it.each([
  ["no such data", ["nowhere"], "data: expected one of jsb, "],
  [
    "a column that is not there",
    ["series", "--target", "y"],
    "--target: expected columns among t, x, kind, got y",
  ],
  [
    "an option of another kind",
    ["tunes", "--target", "y"],
    "tunes: expected no options but split for data of this kind, got target",
  ],
  [
    "a share that leaves nothing",
    ["series", "--valid-share", "0.9", "--test-share", "0.9"],
    "split: expected",
  ],
])("%s is a mistake in one line, with exit code 2", (_, data, message) => {
  const { code, err } = gatedRnn("train", "--data", ...data, ...small, "--out", "never");
  expect(code).toBe(2);
  expect(err.trim().split("\n").at(-1)).toContain(`gated-rnn: ${message}`);
});

describe("generate goes on", () => {
  const weightsOf = (data: string, ...options: string[]) => {
    const out = `weights-of-${data}`;
    gatedRnn("train", "--data", data, ...options, ...small, "--out", out);
    const [file] = readdirSync(join(folder, out)).filter((name) => name.endsWith(".safetensors"));
    return join(out, file);
  };

  it("with text after a prompt", () => {
    const weights = weightsOf("book.txt");
    const args = ["--prompt", "to be", "--steps", "30", "--to", "new"];
    const { code, out } = gatedRnn("generate", weights, ...args);
    const text = readFileSync(join(folder, "new.txt"), "utf8");
    expect([code, text.length]).toEqual([0, 30]);
    expect(out).toContain(`to be${text}`);
    expect(gatedRnn("generate", weights, "--prompt", "Ω").err).toContain('got "Ω"');
  });

  it("with rows of a series after those of a test sequence", () => {
    const weights = weightsOf("series");
    const args = ["--data", "series", "--steps", "4", "--to", "new.csv"];
    expect(gatedRnn("generate", weights, ...args).out).toContain(
      "after 8 steps of a test sequence",
    );
    const lines = readFileSync(join(folder, "new.csv"), "utf8").trim().split("\r\n");
    expect(lines[0]).toBe("t,x");
    expect(
      lines.slice(1).map((line) => line.split(",").map(Number).every(Number.isFinite)),
    ).toEqual([true, true, true, true]);
    const other = gatedRnn("generate", weights, "--data", "book.txt");
    expect([other.code, other.err]).toEqual([2, expect.stringContaining("--data: expected what")]);
  });
});
