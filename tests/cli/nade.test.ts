import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, it } from "vitest";
import { readMidi } from "../../lib/data/midi.js";
import { midiBytes } from "../../lib/data/midi-out.js";
import { pianoRollsFromMidi } from "../../lib/data/midi-roll.js";
import { highestNotes, notesAt, pianoRoll } from "../../lib/data/piano-roll.js";
import { readRecord } from "../../lib/train/record-file.js";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const folder = mkdtempSync(join(tmpdir(), "gated-rnn-nade-"));

function gatedRnn(...args: string[]) {
  const run = spawnSync(join(root, "node_modules", ".bin", "gated-rnn"), args, {
    cwd: folder,
    env: { ...process.env, GATED_RNN_DATA: join(folder, "data"), GATED_RNN_OFFLINE: "1" },
    encoding: "utf8",
  });
  return { code: run.status, out: run.stdout, err: run.stderr };
}

const json = (out: string) => JSON.parse(out.trim().split("\n").at(-1) as string);
const few = ["--hidden", "4", "--epochs", "2", "--data", "tunes"];
const files = (where: string, end: string) =>
  readdirSync(join(folder, where)).filter((name) => name.endsWith(end));
const weights = (where: string) => join(where, files(where, ".safetensors")[0]);
const melody = pianoRoll([[67], [69], [71], [72]], "melody");

/** The chords of a MIDI file, by the same rule as everywhere. */
const chordsOf = (file: string) =>
  pianoRollsFromMidi(readMidi(readFileSync(join(folder, file)), file), file, {
    stepsPerQuarter: 2,
    lowestNote: 0,
    highestNote: 127,
  })[0];

beforeAll(() => {
  mkdirSync(join(folder, "tunes"));
  for (let i = 0; i < 10; i++) {
    const chords = Array.from({ length: 12 }, (_, t) => [48 + i, 60 + ((t * (i + 1)) % 12)]);
    writeFileSync(join(folder, "tunes", `${i}.mid`), midiBytes(pianoRoll(chords)));
  }
  writeFileSync(join(folder, "melody.mid"), midiBytes(melody, { stepsPerQuarter: 2 }));
  for (const order of ["low-to-high", "high-to-low"]) {
    const joint = ["--output", "nade", "--nade-hidden", "3", "--nade-order", order];
    const { code, err } = gatedRnn("train", ...few, ...joint, "--out", order);
    expect([code, err.includes("rror")]).toEqual([0, false]);
  }
});

it("train writes the output's whole name into its record, and it is another run", () => {
  const [up, down] = ["low-to-high", "high-to-low"].map((order) =>
    readRecord(join(folder, order, files(order, ".json")[0])),
  );
  expect(up.configuration.output).toBe("nade(3)");
  expect(down.configuration.output).toBe("nade(3,high-to-low)");
  expect(up.id).not.toBe(down.id);
  expect(up.data.task).toMatchObject({ kind: "music", output: "nade", targetSize: 88 });
  const other = gatedRnn("train", ...few, "--output", "nade(3,keys)", "--out", "keys");
  expect(other.code).toBe(0);
  expect(readRecord(join(folder, "keys", files("keys", ".json")[0])).configuration.output).toBe(
    "nade(3,keys)",
  );
});

it("train shifts the pieces anew at every epoch, where it is asked to", () => {
  const scores = ["0", "5"].map((shift) => {
    const out = `shift-${shift}`;
    const { code } = gatedRnn("train", ...few, "--transpose", shift, "--out", out);
    expect(code).toBe(0);
    const { configuration, results } = readRecord(join(folder, out, files(out, ".json")[0]));
    expect(configuration.transpose).toBe(shift === "0" ? undefined : 5);
    return results.test.nllPerStep;
  });
  expect(scores[0]).not.toBe(scores[1]);
});

it("sweep searches with it", () => {
  const search = ["--cells", "tanh", "--rates", "0.001", "--slots", "1", "--out", "search"];
  const { code } = gatedRnn(
    "sweep",
    "--data",
    "tunes",
    ...search,
    "--epochs",
    "1",
    "--output",
    "nade(2)",
  );
  expect(code).toBe(0);
  const [record] = files("search", ".json").filter((name) => name.startsWith("tunes"));
  expect(readRecord(join(folder, "search", record)).configuration.output).toBe("nade(2)");
});

it("transpose tells what other keys cost, every shift that keeps all notes", () => {
  const { code, out } = gatedRnn(
    ...["transpose", weights("low-to-high"), "--data", "tunes", "--semitones", "2", "--json"],
  );
  expect(code).toBe(0);
  const { transposed } = json(out);
  expect(transposed.map(({ semitones }: { semitones: number }) => semitones)).toEqual([
    -2, -1, 0, 1, 2,
  ]);
  for (const { nllPerStep, pieces } of transposed) {
    expect(nllPerStep).toBeGreaterThan(0);
    expect(pieces).toBe(1);
  }
  const page = gatedRnn("transpose", weights("low-to-high"), "--data", "tunes").out;
  expect(page).toMatch(/mean of the 10 other keys: \d+\.\d{3}, -?\d+\.\d{3} more/);
});

it.each([
  ["high-to-low", "every chord is drawn exactly"],
  ["low-to-high", "chords are chosen by importance"],
])("generate --melody keeps a file's notes on top, %s: %s", (order, words) => {
  const { code, out } = gatedRnn(
    ...["generate", weights(order), "--melody", "melody.mid", "--to", `${order}.mid`],
  );
  expect([code, out]).toEqual([0, expect.stringContaining(words)]);
  const top = highestNotes(chordsOf(`${order}.mid`));
  for (let t = 0; t < melody.length; t++)
    expect([...notesAt(top, t)]).toEqual([...notesAt(melody, t)]);
});

it("generate --melody takes a test piece by its number", () => {
  const args = ["generate", weights("high-to-low"), "--data", "tunes", "--to", "zero.mid"];
  expect(gatedRnn(...args, "--melody", "0").code).toBe(0);
  expect(chordsOf("zero.mid").length).toBe(12);
});

it.each([
  ["an order without NADE", ["--nade-order", "high-to-low"], "--nade-…: expected --output nade"],
  ["an output that there is not", ["--output", "rbm"], "got rbm"],
  ["no hidden units", ["--output", "nade", "--nade-hidden", "0"], "got 0"],
  ["more semitones than there are", ["--transpose", "99"], "got 99"],
])("train refuses %s in one line", (_, args, message) => {
  const { code, err } = gatedRnn("train", ...few, ...args, "--out", "never");
  expect([code, err.trim().split("\n").at(-1)]).toEqual([2, expect.stringContaining(message)]);
});

it.each([
  ["a file that is not there", "none.mid", "got none.mid"],
  ["a test piece that there is not", "7", "got 7"],
])("generate --melody refuses %s in one line", (_, from, message) => {
  const { code, err } = gatedRnn(
    ...["generate", weights("low-to-high"), "--melody", from, "--to", "never"],
  );
  expect([code, err.trim().split("\n").at(-1)]).toEqual([2, expect.stringContaining(message)]);
});
