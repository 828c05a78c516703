import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readMidi } from "../../lib/data/midi.js";
import { midiBytes } from "../../lib/data/midi-out.js";
import { pianoRollsFromMidi } from "../../lib/data/midi-roll.js";
import { pianoRoll } from "../../lib/data/piano-roll.js";

describe("a piano-roll becomes a MIDI file", () => {
  test("in which notes of consecutive steps are held", () => {
    const bytes = midiBytes(pianoRoll([[60, 64], [60], [], [60]], "a chorale"), {
      stepsPerQuarter: 1,
      beatsPerMinute: 60,
    });
    const { header, notes, tempos, tracks, warnings } = readMidi(bytes, "out.mid");
    expect(header.time).toEqual({ ticksPerQuarter: 240 });
    expect(tempos).toEqual([{ tick: 0, track: 0, microsecondsPerQuarter: 1_000_000 }]);
    expect(tracks).toEqual(["a chorale"]);
    expect(
      Array.from({ length: notes.count }, (_, i) => [notes.pitch[i], notes.on[i], notes.off[i]]),
    ).toEqual([
      [64, 0, 240],
      [60, 0, 480],
      [60, 720, 960],
    ]);
    expect(warnings).toEqual([]);
  });

  test("that gives the same piano-roll when read again", () => {
    const step = fc.uniqueArray(fc.integer({ min: 21, max: 108 }), { maxLength: 6 });
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 30 }),
        fc.constantFrom(1, 2, 4),
        (steps, stepsPerQuarter) => {
          const roll = pianoRoll([...steps, [60]], "a"); // a last step that sounds: empty ones at the end cannot be told
          const [again] = pianoRollsFromMidi(
            readMidi(midiBytes(roll, { stepsPerQuarter }), "a"),
            "a",
            { stepsPerQuarter },
          );
          expect(again).toEqual(roll);
        },
      ),
      { numRuns: 200 },
    );
  });

  test("played by the instrument that is asked for", () => {
    const program = (instrument: number) =>
      Buffer.from(midiBytes(pianoRoll([[60]]), { instrument })).includes(
        Buffer.from([0xc0, instrument]),
      );
    expect([program(0), program(19)]).toEqual([true, true]);
    expect(() => midiBytes(pianoRoll([[60]]), { instrument: 128 })).toThrow(
      "MIDI: expected an instrument from 0 to 127, got 128",
    );
    expect(() => midiBytes(pianoRoll([[60]]), { beatsPerMinute: 0 })).toThrow(
      "beats a minute, got 0",
    );
    expect(() => midiBytes(pianoRoll([[60]]), { stepsPerQuarter: 0.3 / 100 })).toThrow(
      "MIDI: expected steps per quarter note",
    );
  });
});
