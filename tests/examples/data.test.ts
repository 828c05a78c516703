import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readMidi } from "../../lib/data/midi.js";
import { midiBytes } from "../../lib/data/midi-out.js";
import { pianoRoll } from "../../lib/data/piano-roll.js";
import { wavInMemory } from "../../lib/data/wav.js";
import { wavBytes } from "../../lib/data/wav-out.js";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gated-rnn-examples-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** An example as its first lines say to run it, in a folder of its own. */
function run(name: string, ...args: string[]): string {
  const node = join(root, "node_modules", ".bin", "node");
  const file = join(root, "lib", "examples", `${name}.mts`);
  const env = { ...process.env, GATED_RNN_DATA: join(folder, "data") };
  return execFileSync(node, ["--no-warnings", file, ...args], {
    cwd: folder,
    env,
    encoding: "utf8",
  });
}

/** The numbers that an example prints, by the name in front of each. */
function numbers(printed: string): Record<string, number> {
  const lines = [...printed.matchAll(/^([^\s,:]+).*: (-?\d+\.\d+)$/gm)];
  return Object.fromEntries(lines.map(([, name, value]) => [name, Number(value)]));
}

it("own-midi-folder trains on MIDI files and writes a new piece", () => {
  mkdirSync(join(folder, "tunes"));
  for (let i = 0; i < 10; i++) {
    const roll = pianoRoll(Array.from({ length: 20 }, (_, t) => [60 + ((t * (i + 1)) % 12)]));
    writeFileSync(join(folder, "tunes", `${i}.mid`), midiBytes(roll));
  }
  const printed = run("own-midi-folder", "tunes", "2");
  expect(printed).toContain("8 pieces to train on, 0 files left out");
  expect(printed).toMatch(/test NLL \d+\.\d{3} nats per step/);
  const written = readFileSync(join(folder, "new-piece.mid"));
  expect(readMidi(written, "new-piece.mid").warnings).toEqual([]);
});

it("own-wav-folder trains on WAV files and writes two seconds of new sound", () => {
  mkdirSync(join(folder, "words"));
  for (let i = 0; i < 10; i++) {
    const sound = Float32Array.from({ length: 4000 }, (_, t) => 0.5 * Math.sin(0.05 * t * (i + 1)));
    writeFileSync(join(folder, "words", `${i}.wav`), wavBytes([sound], 8000));
  }
  expect(run("own-wav-folder", "words", "1")).toMatch(/test NLL -?\d+\.\d{3} nats per ten samples/);
  const written = readFileSync(join(folder, "new-sound.wav"));
  expect(wavInMemory(written, "new-sound.wav").frames).toBe(16_000);
});

it("sensor-series learns more than the last value tells", () => {
  const { GRU, mean, ...rest } = numbers(run("sensor-series"));
  expect(GRU).toBeLessThan(rest["last-value"] - 0.5);
  expect(rest["last-value"]).toBeLessThan(mean);
});

it("text learns more than pairs of characters tell, and writes", () => {
  writeFileSync(
    join(folder, "book.txt"),
    "the quick brown fox jumps over the lazy dog. ".repeat(120),
  );
  const printed = run("text", "book.txt", "15");
  const { GRU, successors, frequencies } = numbers(printed);
  expect(GRU).toBeLessThan(successors);
  expect(successors).toBeLessThan(frequencies);
  expect(printed.trimEnd().split("\n").at(-1)?.length).toBeGreaterThan(250);
});

it("classification learns to tell movements apart", () => {
  const { GRU, frequencies } = numbers(run("classification"));
  expect(frequencies).toBeCloseTo(Math.log(3), 1);
  expect(GRU).toBeLessThan(0.2);
});
