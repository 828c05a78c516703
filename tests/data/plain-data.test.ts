import { describe, expect, test } from "vitest";
import { baselines } from "../../lib/data/baselines.js";
import { batchOf, bucketedBatches } from "../../lib/data/batches.js";
import type { Waveform } from "../../lib/data/dataset.js";
import { readMidi } from "../../lib/data/midi.js";
import { midiBytes } from "../../lib/data/midi-out.js";
import { pianoRollsFromMidi } from "../../lib/data/midi-roll.js";
import { type PianoRoll, pianoRoll } from "../../lib/data/piano-roll.js";
import { recallForgotten, recallTask } from "../../lib/data/recall.js";
import { speechBatches, speechBatchOf, windowSteps } from "../../lib/data/speech-batches.js";
import { planSpeech } from "../../lib/data/speech-plan.js";
import { splitGroups } from "../../lib/data/split-rule.js";
import { syntheticChorales } from "../../lib/data/synthetic.js";
import { wavBytes } from "../../lib/data/wav-out.js";
import { GatedRnnError } from "../../lib/errors.js";
import { midi, off, on } from "./midi-bytes.js";

/** Anything: what a caller without types may pass. */
// biome-ignore lint/suspicious/noExplicitAny: that is the point
type Anything = any;

const piano = { lowestNote: 21, keys: 88 };
const two = pianoRoll([[60], [61]]);
const usage = (call: () => unknown, message: RegExp) => {
  expect(call).toThrow(GatedRnnError);
  expect(call).toThrow(message);
};

describe("a piano-roll is checked where it is made", () => {
  const cases: [string, Anything, RegExp][] = [
    ["note 300, which a byte would take for 44", [[300]], /numbers 0 to 127 in step 0, got 300/],
    ["note −1", [[60], [-1]], /in step 1, got -1/],
    ["note 128", [[128]], /got 128/],
    ["NaN", [[Number.NaN]], /got NaN/],
    ["infinity", [[Number.POSITIVE_INFINITY]], /got Infinity/],
    ["half a note", [[60.5]], /got 60.5/],
    ["a text", [["60"]], /got "60"/],
    ["nothing in a note's place", [[undefined]], /got undefined/],
    ["nothing in a step's place", [[60], null], /a list of notes in step 1, got null/],
    ["a hole", new Array(2), /a list of notes in step 0, got undefined/],
    ["a number in a step's place", [60], /a list of notes in step 0, got 60/],
    ["no list", { length: 1 }, /a list of steps, got an object/],
    ["a text in a list's place", "60", /a list of steps, got "60"/],
  ];
  test.each(cases)("%s is refused", (_, steps, message) => {
    usage(() => pianoRoll(steps), message);
  });

  test("its ends, repetitions and falling notes are no mistake", () => {
    expect([...pianoRoll([[127, 0, 127], []]).notes]).toEqual([0, 127]);
  });
});

describe("a piano-roll that was made by hand is checked where it is used", () => {
  const roll = (changed: Anything): PianoRoll => ({
    length: 2,
    offsets: Uint32Array.of(0, 1, 2),
    notes: Uint8Array.of(60, 61),
    ...changed,
  });
  const cases: [string, PianoRoll, RegExp][] = [
    ["offsets past its notes", roll({ offsets: Uint32Array.of(0, 1, 5) }), /up to 5/],
    [
      "offsets that fall",
      roll({ offsets: Uint32Array.of(0, 2, 1), notes: Uint8Array.of(60) }),
      /ste/,
    ],
    [
      "offsets past them in the middle",
      roll({ offsets: Uint32Array.of(0, 9, 2) }),
      /step 0, got 9/,
    ],
    ["too few offsets", roll({ offsets: Uint32Array.of(0, 2) }), /3 offsets from 0, got 2 from 0/],
    [
      "offsets from 1",
      roll({ offsets: Uint32Array.of(1, 1, 2) }),
      /3 offsets from 0, got 3 from 1/,
    ],
    ["no offsets", roll({ offsets: undefined }), /got undefined from undefined/],
    ["no notes", roll({ notes: undefined }), /up to its undefined notes/],
    ["a length of NaN", roll({ length: Number.NaN }), /a length from 0 up, got NaN/],
    ["a negative length", roll({ length: -1, offsets: new Uint32Array(0) }), /got -1/],
    ["note 200", roll({ notes: Uint8Array.of(60, 200) }), /0 to 127 in step 1, got 200/],
    ["a note of NaN", roll({ notes: [60, Number.NaN] }), /in step 1, got NaN/],
    ["a note twice", roll({ offsets: [0, 2, 2], notes: [60, 60] }), /rising notes in step 0/],
  ];
  test.each(cases)("%s", (_, bad, message) => {
    usage(() => batchOf([two, bad], piano), message);
    usage(() => bucketedBatches([bad], piano, { batchSize: 1 }), message);
    usage(() => midiBytes(bad), message);
    const set = { ...recallTask(3), lowestNote: 21, keys: 88 };
    usage(() => baselines({ ...set, valid: [two, bad] }), message);
  });

  test("and a note outside a set's keys is no count of its baselines", () => {
    const set = { ...recallTask(3), valid: [two] };
    usage(() => baselines(set), /expected notes from 21 to 31, got 60 in a piece/);
  });
});

describe("batches of music", () => {
  const cases: [string, Anything, Anything, RegExp][] = [
    ["a batch size of 0", { batchSize: 0 }, piano, /a batch size, a whole number from 1 up, got 0/],
    ["half a sequence", { batchSize: 1.5 }, piano, /got 1.5/],
    ["a batch size of NaN", { batchSize: Number.NaN }, piano, /got NaN/],
    ["no batch size", {}, piano, /got undefined/],
    ["excerpts of no step", { batchSize: 1, maxSteps: 0 }, piano, /most steps, .* got 0/],
    ["excerpts of −1 steps", { batchSize: 1, maxSteps: -1 }, piano, /got -1/],
    ["excerpts of NaN steps", { batchSize: 1, maxSteps: Number.NaN }, piano, /got NaN/],
    ["a shuffle that is none", { batchSize: 1, shuffle: true }, piano, /a generator .* got true/],
    ["no keys", { batchSize: 1 }, { lowestNote: 21, keys: 0 }, /keys, .* got 0/],
    ["keys of NaN", { batchSize: 1 }, { lowestNote: 21, keys: Number.NaN }, /got NaN/],
    ["a lowest note of NaN", { batchSize: 1 }, { lowestNote: Number.NaN, keys: 88 }, /got NaN/],
  ];
  test.each(cases)("are refused for %s", (_, options, keys, message) => {
    usage(() => bucketedBatches([two], keys, options), message);
  });
});

describe("batches of speech", () => {
  const waveform = (read: () => Anything, length: Anything = 40): Waveform => ({
    name: "w",
    length,
    read,
  });
  const good = waveform(() => new Float32Array(40));
  const withNan = new Float32Array(40);
  withNan[33] = Number.NaN;
  const cases: [string, Waveform, RegExp][] = [
    ["that gives nothing", waveform(() => undefined), /waveform w: expected 40 samples, got undef/],
    ["that gives no samples", waveform(() => new Float32Array(0)), /expected 40 samples, got 0/],
    ["that gives fewer", waveform(() => new Float32Array(39)), /expected 40 samples, got 39/],
    ["that gives a list", waveform(() => [1, 2]), /expected 40 samples, got a list/],
    ["that gives NaN", waveform(() => withNan), /finite samples, got NaN at sample 33/],
    ["of NaN samples", waveform(() => new Float32Array(40), Number.NaN), /samples, .* got NaN/],
    ["of half a sample", waveform(() => new Float32Array(40), 40.5), /got 40.5/],
  ];
  test.each(cases)("are refused for a waveform %s", (_, bad, message) => {
    usage(() => speechBatchOf([good, bad]), message);
    usage(() => [...speechBatches([bad], { batchSize: 1 })], message);
  });

  test.each([0, -1, 1.5, Number.NaN, undefined])(
    "are refused for a batch size of %s, before the first is asked for",
    (batchSize: Anything) => {
      usage(() => speechBatches([good], { batchSize }), /a batch size, a whole number from 1 up/);
    },
  );

  test.each([0, -1, 2.5, Number.NaN])("cannot be cut every %s samples", (advance) => {
    usage(() => windowSteps(100, { advance }), /expected advance of at least 1/);
  });
});

describe("the makers of sets", () => {
  const plan = { sequenceSamples: 4 };
  const cases: [string, () => unknown, RegExp][] = [
    ["a delay of NaN", () => recallTask(Number.NaN), /a delay of 1 to 80 steps, got NaN/],
    ["a delay of 81", () => recallTask(81), /got 81/],
    ["a delay of 2.5", () => recallForgotten(2.5), /a delay, .* got 2.5/],
    ["a delay of −1", () => recallForgotten(-1), /got -1/],
    ["a seed of 2³²", () => recallTask(3, 2 ** 32), /a seed, .* 0 to 4294967295, got 4294967296/],
    ["a seed of −1", () => syntheticChorales(-1), /a seed, .* got -1/],
    ["half a seed", () => syntheticChorales(0.5), /got 0.5/],
    ["a seed of NaN", () => syntheticChorales(Number.NaN), /got NaN/],
    ["a split's seed of NaN", () => splitGroups("abcd", { seed: Number.NaN }), /a seed/],
    ["shares of NaN", () => splitGroups("abcd", { valid: Number.NaN }), /shares/],
    ["sequences of no sample", () => planSpeech([], { sequenceSamples: 0 }), /got 0/],
    ["sequences of −4", () => planSpeech([], { sequenceSamples: -4 }), /got -4/],
    ["sequences of NaN", () => planSpeech([], { sequenceSamples: Number.NaN }), /got NaN/],
    [
      "counts of none",
      () => planSpeech([], { ...plan, counts: { train: 1, valid: 0, test: 1 } }),
      /sequences in valid, .* got 0/,
    ],
    ["a sample rate of 0", () => wavBytes([new Float32Array(1)], 0), /a sample rate, .* got 0/],
    ["a sample rate of NaN", () => wavBytes([new Float32Array(1)], Number.NaN), /got NaN/],
  ];
  test.each(cases)("refuse %s", (_, call, message) => {
    usage(call, message);
  });

  const file = readMidi(midi([[...on(0, 60), ...off(480, 60)]]), "a.mid");
  test.each([
    [{ lowestNote: -1 }, /the lowest note, .* got -1/],
    [{ highestNote: 200 }, /the highest note, .* got 200/],
    [{ lowestNote: 60, highestNote: 59 }, /from 60 to 127, got 59/],
    [{ transpose: Number.NaN }, /semitones, .* got NaN/],
    [{ transpose: 0.5 }, /got 0.5/],
    [{ stepsPerQuarter: 0 }, /stepsPerQuarter above 0, got 0/],
    [{ tracks: [7] }, /tracks from 0 to 0, got 7/],
  ])("refuse a MIDI file's options %j", (options, message) => {
    usage(() => pianoRollsFromMidi(file, "a", options), message);
  });
});
