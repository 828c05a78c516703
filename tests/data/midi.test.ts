import { describe, expect, test } from "vitest";
import { type MidiFile, readMidi } from "../../lib/data/midi.js";
import { BadFileError } from "../../lib/errors.js";
import { chunk, END, header, midi, off, on, tempo } from "./midi-bytes.js";

/** [pitch, on, off] of each note. */
const notes = ({ notes: n }: MidiFile) =>
  Array.from({ length: n.count }, (_, i) => [n.pitch[i], n.on[i], n.off[i]]);
const read = (bytes: ArrayLike<number>) => readMidi(Uint8Array.from(bytes), "a.mid");
const track = (...events: number[][]) =>
  Uint8Array.from([...header(), ...chunk("MTrk", events.flat())]);

describe("a MIDI file", () => {
  test("gives its notes in ticks", () => {
    const file = read(midi([[...on(0, 60), ...on(10, 64), ...off(470, 60), ...off(0, 64)]]));
    expect(notes(file)).toEqual([
      [60, 0, 480],
      [64, 10, 480],
    ]);
    expect(file.header).toEqual({
      format: 0,
      declaredTracks: 1,
      division: 480,
      time: { ticksPerQuarter: 480 },
    });
    expect(file.warnings).toEqual([]);
  });

  test("may use running status, and a note-on of velocity 0 for a note-off", () => {
    expect(notes(read(midi([[...on(0, 60), 96, 60, 0]])))).toEqual([[60, 0, 96]]);
  });

  test("has tracks that begin at the same moment, with their names and tempos", () => {
    const name = [0, 0xff, 0x03, 4, 0x42, 0x61, 0x63, 0x68];
    const file = read(
      midi([
        [...name, ...tempo(0, 400_000)],
        [...on(5, 72), ...off(5, 72)],
      ]),
    );
    expect(file.tracks).toEqual(["Bach", ""]);
    expect(file.tempos).toEqual([{ tick: 0, track: 0, microsecondsPerQuarter: 400_000 }]);
    expect(notes(file)).toEqual([[72, 5, 10]]);
    expect([...file.notes.track]).toEqual([1]);
  });

  test("may count time code: 29 stands for 30 drop-frame frames a second", () => {
    const { time } = read(midi([on(0, 60)], { division: ((256 - 29) << 8) | 40 })).header;
    expect(time).toEqual({ framesPerSecond: 30_000 / 1001, ticksPerFrame: 40 });
  });

  test("of many events is handed to the parser in portions without losing time", () => {
    const count = 40_000;
    const events = Array.from({ length: count }, (_, i) => [
      ...on(i % 300, 60 + (i % 12)),
      ...off(7, 60 + (i % 12)),
    ]).flat();
    const file = read(midi([events]));
    expect(file.notes.count).toBe(count);
    const last = Array.from({ length: count }, (_, i) => (i % 300) + 7).reduce((a, b) => a + b, 0);
    expect(file.notes.off[count - 1]).toBe(last);
  });

  test("keeps time over pauses longer than one delta time can say", () => {
    const pause = [0xff, 0xff, 0xff, 0x7f, 0xff, 0x01, 0]; // an empty text after 2^28 − 1 ticks
    expect(notes(read(midi([[...pause, ...pause, ...on(1, 60), ...off(2, 60)]])))).toEqual([
      [60, 2 ** 29 - 1, 2 ** 29 + 1],
    ]);
  });
});

describe("an untidy MIDI file is read with a warning:", () => {
  const cases: [string, Uint8Array | number[], number[][], RegExp][] = [
    [
      "orphan note-offs are ignored",
      midi([[...off(0, 60), ...on(5, 60), ...off(5, 60), ...off(5, 60)]]),
      [[60, 5, 10]],
      /2 note-offs without/,
    ],
    [
      "unclosed notes are dropped",
      midi([[...on(0, 60), ...on(0, 61), ...off(5, 61)]]),
      [[61, 0, 5]],
      /1 notes that are never closed/,
    ],
    [
      "of overlapping notes of one pitch the latest is closed, the earlier dropped",
      midi([[...on(0, 60), ...on(10, 60), ...off(10, 60), ...off(10, 60)]]),
      [[60, 10, 20]],
      /1 note-offs without.*1 notes that are never closed/s,
    ],
    [
      "chunks of other kinds are passed over",
      [
        ...header(),
        ...chunk("XFIH", [1, 2, 3]),
        ...chunk("MTrk", [...on(0, 60), ...off(5, 60), ...END]),
      ],
      [[60, 0, 5]],
      /chunk "XFIH" at byte 14/,
    ],
    [
      "running status goes on after a meta event",
      midi([[...on(0, 60), 0, 0xff, 1, 0, 5, 60, 0]]),
      [[60, 0, 5]],
      /running status goes on/,
    ],
    [
      "a RIFF wrapping is taken off",
      riff(midi([[...on(0, 60), ...off(5, 60)]])),
      [[60, 0, 5]],
      /wrapped in RIFF/,
    ],
    [
      "the end of a track may be missing",
      track(on(0, 60), off(5, 60)),
      [[60, 0, 5]],
      /no end-of-track/,
    ],
    [
      "events after the end of a track are passed over",
      track(on(0, 60), off(5, 60), END, on(0, 61)),
      [[60, 0, 5]],
      /4 bytes after a track's end/,
    ],
    [
      "a track may claim more bytes than there are",
      [...header(), ...chunk("MTrk", [...on(0, 60), ...off(5, 60), ...END], 4000)],
      [[60, 0, 5]],
      /claims 4000 bytes/,
    ],
    [
      "there may be other bytes after the last chunk",
      [...midi([[...on(0, 60), ...off(5, 60)]]), 0, 0],
      [[60, 0, 5]],
      /2 bytes after the last chunk/,
    ],
    [
      "the header may claim other tracks",
      midi([[...on(0, 60), ...off(5, 60)]], { tracks: 3 }),
      [[60, 0, 5]],
      /claims 3 tracks, the file has 1/,
    ],
    [
      "a tempo of no length is passed over",
      midi([[...tempo(0, 0), ...on(0, 60), ...off(5, 60)]]),
      [[60, 0, 5]],
      /is no tempo/,
    ],
  ];
  test.each(cases)("%s", (_, bytes, expected, warning) => {
    const file = read(bytes);
    expect(notes(file)).toEqual(expected);
    expect(file.warnings.join("; ")).toMatch(warning);
  });
});

describe("a malformed MIDI file is refused:", () => {
  const endless = Uint8Array.from([
    ...header(),
    ...chunk("MTrk", [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]),
  ]); // 31 bytes
  const cases: [string, ArrayLike<number>, RegExp][] = [
    [
      "the 31 bytes that make midi-file loop for ever",
      endless,
      /at byte 22: expected a delta time of at most four bytes/,
    ],
    ["an empty file", [], /at byte 0: expected the header's name MThd of 4 bytes, got 0/],
    [
      "another kind of file",
      [...Buffer.from("not a MIDI file at all")],
      /at byte 0: expected MThd, got "not "/,
    ],
    ["a header that is cut off", header().slice(0, 10), /expected the header of 6 bytes, got 2/],
    [
      "a header too short",
      [...chunk("MThd", [0, 0, 0, 1])],
      /expected a header of at least 6 bytes, got 4/,
    ],
    ["no track", header(), /expected a track MTrk, got none/],
    ["format 3", midi([[]], { format: 3 }), /at byte 8: expected format 0, 1 or 2, got 3/],
    [
      "division 0",
      midi([[]], { division: 0 }),
      /at byte 12: expected ticks per quarter note, got a division of 0/,
    ],
    [
      "time code of 23 frames",
      midi([[]], { division: ((256 - 23) << 8) | 40 }),
      /expected 24, 25, 29 or 30 frames a second/,
    ],
    [
      "time code without ticks",
      midi([[]], { division: (256 - 25) << 8 }),
      /ticks per frame, got 25 and 0/,
    ],
    [
      "a track that is cut off between two events",
      midi([[...on(0, 60), ...off(5, 60)]]).slice(0, -4),
      /at byte 30: expected 4 bytes more of the track/,
    ],
    [
      "an event that is cut off",
      track([0, 0x90, 60]),
      /at byte 25: expected a data byte of 1 bytes, got 0/,
    ],
    [
      "a meta event that is cut off",
      track([0, 0xff, 0x01, 9, 65]),
      /expected a meta event of 9 bytes, got 1/,
    ],
    [
      "a system exclusive event that is cut off",
      track([0, 0xf0, 0x7f, 1]),
      /expected a system exclusive event of 127 bytes, got 1/,
    ],
    [
      "a data byte over 127",
      track([0, 0x90, 60, 200]),
      /at byte 25: expected a data byte from 0 to 127, got 200/,
    ],
    [
      "running status before any status",
      track([0, 60, 64]),
      /at byte 23: expected a status byte, got 60/,
    ],
    ["a status byte that no file holds", track([0, 0xf8]), /got status byte 0xf8/],
    [
      "an alien chunk that passes the end",
      [...header(), ...chunk("junk", [1], 99)],
      /at byte 14: .*got "junk" of 99 bytes/,
    ],
    [
      "RIFF of another kind",
      [...chunk("RIFF", [...Buffer.from("WAVE")])],
      /expected RIFF of kind RMID, got "WAVE"/,
    ],
    [
      "RIFF without data",
      [...chunk("RIFF", [...Buffer.from("RMID")])],
      /expected a chunk data with a MIDI file, got none/,
    ],
  ];
  test.each(cases)("%s", (_, bytes, message) => {
    const reading = () => read(bytes);
    expect(reading).toThrow(BadFileError);
    expect(reading).toThrow(/^a\.mid: at byte \d+: /);
    expect(reading).toThrow(message);
  });
});

function riff(content: Uint8Array): number[] {
  const size = (n: number) => [n & 0xff, (n >>> 8) & 0xff, 0, 0];
  const data = [...Buffer.from("RMIDdata"), ...size(content.length), ...content];
  return [...Buffer.from("RIFF"), ...size(data.length), ...data];
}
