import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { findKey, shiftToC } from "../../lib/data/key-finder.js";
import { pianoRollsFromMat } from "../../lib/data/mat-music.js";
import { readMidi } from "../../lib/data/midi.js";
import {
  type MidiRollOptions,
  pianoRollsFromMidi,
  publishedRule,
} from "../../lib/data/midi-roll.js";
import { notesAt, type PianoRoll } from "../../lib/data/piano-roll.js";
import { zipEntries } from "../../lib/data/zip.js";
import { midi, off, on, tempo } from "./midi-bytes.js";
import { mirror, withoutMirror } from "./mirror.js";

const steps = (roll: PianoRoll) =>
  Array.from({ length: roll.length }, (_, t) => [...notesAt(roll, t)]);
const rolls = (bytes: Uint8Array, options?: MidiRollOptions) =>
  pianoRollsFromMidi(readMidi(bytes, "a.mid"), "a", options).map(steps);

describe("a MIDI file becomes a piano-roll:", () => {
  // 480 ticks a quarter: a step of an eighth note is 240 ticks
  test("a note sounds from the nearest step of its beginning to that of its end, halves rounded up", () => {
    const bytes = midi([[...on(120, 60), ...off(239, 60), ...on(1, 64), ...off(240, 64)]]); // 60: 0.5 … 1.496; 64: 1.5 … 2.5
    expect(rolls(bytes)).toEqual([[[], [], [64]]]);
  });

  test("overlapping notes of one pitch, from two channels, sound once", () => {
    const bytes = midi([
      [
        ...on(0, 60),
        ...on(0, 60, { channel: 1 }),
        ...off(480, 60),
        ...off(240, 60, { channel: 1 }),
      ],
    ]);
    expect(rolls(bytes)).toEqual([[[60], [60], [60]]]);
  });

  test("drums are left out unless asked for", () => {
    const bytes = midi([
      [...on(0, 40, { channel: 9 }), ...on(0, 60), ...off(240, 60), ...off(0, 40, { channel: 9 })],
    ]);
    expect(rolls(bytes)).toEqual([[[60]]]);
    expect(rolls(bytes, { drums: true })).toEqual([[[40, 60]]]);
    expect(rolls(bytes, { channels: [9] })).toEqual([[[40]]]);
  });

  test("notes outside the keyboard are dropped after transposing", () => {
    const bytes = midi([[...on(0, 20), ...on(0, 108), ...off(240, 20), ...off(0, 108)]]);
    expect(rolls(bytes)).toEqual([[[108]]]);
    expect(rolls(bytes, { transpose: 1 })).toEqual([[[21]]]);
  });

  test("the first step can be left out, and steps can be finer", () => {
    const bytes = midi([[...on(0, 60), ...off(480, 60), ...on(0, 62), ...off(240, 62)]]);
    expect(rolls(bytes, { dropFirstStep: true })).toEqual([[[60], [62]]]);
    expect(rolls(bytes, { stepsPerQuarter: 4 })[0]).toHaveLength(6);
  });

  test("steps in seconds follow the tempos", () => {
    const bytes = midi([[...on(0, 60), ...tempo(480, 1_000_000), ...off(480, 60)]]); // a beat of 0.5 s, then one of 1 s
    expect(rolls(bytes, { stepSeconds: 0.25 })[0]).toHaveLength(6);
    const code = midi([[...on(0, 60), ...off(1000, 60)]], { division: ((256 - 25) << 8) | 40 }); // 1000 ticks a second
    expect(rolls(code, { stepSeconds: 0.25 })[0]).toHaveLength(4);
    expect(() => rolls(code)).toThrow("piano-roll: expected stepSeconds for a file with time code");
  });

  test("tracks can be chosen, and each track of format 2 is a piece of its own", () => {
    const tracks = [
      [...on(0, 60), ...off(240, 60)],
      [...on(0, 72), ...off(480, 72)],
    ];
    expect(rolls(midi(tracks), { tracks: [1] })).toEqual([[[72], [72]]]);
    expect(rolls(midi(tracks, { format: 2 }))).toEqual([[[60]], [[72], [72]]]);
    expect(() => rolls(midi(tracks), { tracks: [2] })).toThrow(
      "piano-roll: expected tracks from 0 to 1, got 2",
    );
  });

  test("a small file cannot claim a roll of any size", () => {
    const days = [0xff, 0xff, 0xff, 0x7f, 0x80, 60, 0];
    expect(() => rolls(midi([[...on(0, 60), ...days]], { division: 1 }))).toThrow(
      "expected piano-rolls in proportion to the file's size",
    );
  });
});

describe("the key finder", () => {
  const scale = (tonic: number, degrees: number[]) =>
    Float64Array.from({ length: 12 }, (_, c) => (degrees.includes((c - tonic + 12) % 12) ? 1 : 0));
  test("hears a major scale's tonic and brings it to C by the nearest way", () => {
    for (let tonic = 0; tonic < 12; tonic++) {
      const durations = scale(tonic, [0, 2, 4, 5, 7, 9, 11]);
      durations[tonic] = 2;
      expect(findKey(durations)).toEqual({ tonic, mode: "major" });
    }
    expect(Array.from({ length: 12 }, (_, tonic) => shiftToC({ tonic, mode: "major" }))).toEqual([
      0, -1, -2, -3, -4, -5, 6, 5, 4, 3, 2, 1,
    ]);
  });

  test("leaves silence where it is", () => {
    expect(findKey(new Float64Array(12))).toEqual({ tonic: 0, mode: "major" });
  });
});

interface Alignment {
  readonly split: "train" | "valid" | "test";
  readonly index: number;
  readonly shift: number;
}

describe.skipIf(!mirror)(`the 1,037 MIDI files of Nottingham${withoutMirror}`, () => {
  const music = join(mirror ?? "", "music");
  test("give the published piano-rolls bit for bit, with the published shifts; 1,021 of them with the key that is found", async () => {
    const published = pianoRollsFromMat(
      readFileSync(join(music, "Nottingham.mat")),
      "Nottingham.mat",
    );
    const alignment = (
      JSON.parse(readFileSync(join(music, "midi-alignment.json"), "utf8")) as {
        Nottingham: Record<string, Alignment>;
      }
    ).Nottingham;
    const equal = { given: 0, found: 0 };
    for await (const entry of zipEntries(join(music, "Nottingham-midi.zip"))) {
      const { split, index, shift } = alignment[entry.name.split("/").at(-1) ?? ""];
      expect(entry.name).toContain(`/${split}/`);
      const file = readMidi(await entry.read(), entry.name);
      const same = (options: MidiRollOptions) =>
        equals(pianoRollsFromMidi(file, entry.name, options)[0], published[split][index]);
      if (same({ ...publishedRule, transpose: shift })) equal.given++;
      if (same(publishedRule)) equal.found++;
    }
    expect(equal).toEqual({ given: 1037, found: 1021 });
  });
});

function equals(a: PianoRoll, b: PianoRoll): boolean {
  return (
    Buffer.from(a.notes).equals(b.notes) &&
    a.length === b.length &&
    a.offsets.every((offset, t) => offset === b.offsets[t])
  );
}
