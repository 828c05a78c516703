import { describe, expect, test } from "vitest";
import { type MidiFile, readMidi } from "../../lib/data/midi.js";
import { BadFileError } from "../../lib/errors.js";
import { chunk, END, header, midi, off, on } from "./midi-bytes.js";

/** [pitch, on, off, track] of each note. */
const notes = ({ notes: n }: MidiFile) =>
  Array.from({ length: n.count }, (_, i) => [n.pitch[i], n.on[i], n.off[i], n.track[i]]);
const read = (...parts: (readonly number[])[]) => readMidi(Uint8Array.from(parts.flat()), "a.mid");

const events = (pitch: number) => [...on(0, pitch), ...off(5, pitch), ...END];
const three = header({ format: 1, tracks: 3 });
const all = [
  [60, 0, 5, 0],
  [61, 0, 5, 1],
  [62, 0, 5, 2],
];
/** A track that claims another length than it has. */
const track = (pitch: number, size = events(pitch).length) => chunk("MTrk", events(pitch), size);
const size = events(60).length;
const littleEndian = size * 2 ** 24;
const oneTrack = (...bytes: number[]) => [...header(), ...chunk("MTrk", [...bytes, ...END])];

describe("a track whose length cannot be ends with its end-of-track event:", () => {
  const rest = [...track(61), ...track(62)];
  const cases: [string, number][] = [
    ["little-endian", littleEndian],
    ["beyond the end of the file", 4000],
    ["up to the end of the file, over the other tracks", size + rest.length],
    ["up to the end of the next track", size + rest.length / 2],
    ["into the next track", size + 11],
    ["into the name of the next track", size + 2],
    ["zero", 0],
    ["too short by one", size - 1],
    ["too short, within an event", 6],
    ["too short, between two events", 4],
    ["as large as can be", 0xffffffff],
  ];
  test.each(cases)("%s", (_, claimed) => {
    const first = read(three, track(60, claimed), rest);
    expect(notes(first)).toEqual(all);
    expect(first.warnings).toEqual([`track 0 claims ${claimed} bytes, and ends after ${size}`]);
  });

  test.each(cases.slice(0, 2))("%s, in every track", (_, claimed) => {
    const file = read(three, ...[60, 61, 62].map((pitch) => track(pitch, claimed)));
    expect(notes(file)).toEqual(all);
    expect(file.warnings).toHaveLength(3);
  });

  test("zero, in the last track", () => {
    expect(notes(read(three, track(60), track(61), track(62, 0)))).toEqual(all);
  });

  test("one with other tracks behind a few bytes of its own", () => {
    const inner = [1, 2, 3, ...rest];
    const file = read(three, chunk("MTrk", [...events(60), ...inner]));
    expect(notes(file)).toEqual(all);
    expect(file.warnings.join("; ")).toMatch(/track 0 claims .*; 3 bytes at byte 34 are passed/);
  });

  test("one without that event gives way to the next track's name", () => {
    const open = [...on(0, 60), ...off(5, 60)];
    const file = read(three, chunk("MTrk", open, 300), rest);
    expect(notes(file)).toEqual(all);
    expect(file.warnings).toContain("a track has no end-of-track event");
  });

  test("and an event cannot hold another track", () => {
    const text = [0, 0xff, 1, 40, 65];
    expect(() => read(three, chunk("MTrk", text, 400), rest)).toThrow(
      /at byte 27: expected a meta event of 40 bytes, got another track inside it/,
    );
  });
});

describe("a header of another length", () => {
  const division = [0, 0, 0, 1, 1, 0xe0];
  test.each([0, 5, 7, 6 * 2 ** 24])("of %d bytes is read when a track follows", (claimed) => {
    const file = read(chunk("MThd", division, claimed), track(60));
    expect(notes(file)).toEqual([all[0]]);
    expect(file.warnings).toEqual([`the header claims ${claimed} bytes, and has 6`]);
  });

  test("that is longer as it says is no trouble", () => {
    const file = read(chunk("MThd", [...division, 1, 2]), track(60));
    expect([notes(file), file.warnings]).toEqual([[all[0]], []]);
  });
});

describe("bytes that are no chunk", () => {
  const garbage = [0, 1, 2, 3, 0xff, 0xfe, 200, 9, 8, 7];
  test("behind the last track are passed over with a warning", () => {
    const file = read(header(), track(60), garbage);
    expect(notes(file)).toEqual([all[0]]);
    expect(file.warnings).toEqual(["10 bytes after the last chunk are passed over"]);
    expect(read(header(), track(60), [...Buffer.from("</html> and more")]).warnings).toHaveLength(
      1,
    );
  });

  test("between two tracks are passed over with a warning", () => {
    const file = read(header({ format: 1, tracks: 2 }), track(60), garbage, track(61));
    expect(notes(file)).toEqual(all.slice(0, 2));
    expect(file.warnings).toEqual(["10 bytes at byte 34 are passed over"]);
  });

  test("in the place of a track that the header promised are refused", () => {
    expect(() => read(header({ format: 1, tracks: 2 }), track(60), garbage)).toThrow(BadFileError);
  });

  test("that are a second MIDI file are not mixed into the first", () => {
    const file = read([...midi([[...on(0, 60), ...off(5, 60)]])], [...midi([on(0, 70)])]);
    expect(notes(file)).toEqual([all[0]]);
    expect(file.warnings).toEqual(["a second MIDI file begins at byte 34 and is passed over"]);
  });
});

describe("a system exclusive event", () => {
  const after = [...on(0, 60), ...off(5, 60)];
  const cases: [string, number[], RegExp | undefined][] = [
    ["with its length", [0xf0, 3, 1, 2, 0xf7], undefined],
    ["continued in another", [0xf0, 2, 1, 2, 0, 0xf7, 2, 3, 0xf7], undefined],
    ["continued after a long delay", [0xf0, 1, 1, 0x81, 0x00, 0xf7, 1, 0xf7], undefined],
    ["without a length", [0xf0, 0x43, 0x12, 0, 7, 0xf7], /byte 23 has no length/],
    ["without one that would pass the end", [0xf0, 0x7e, 0x7f, 9, 1, 0xf7], /has no length/],
    [
      "without one, of a maker whose number begins with 0",
      [0xf0, 0, 0x20, 0x33, 1, 0xf7],
      /no leng/,
    ],
    ["whose length leaves out the end", [0xf0, 4, 0x7e, 0x7f, 9, 1, 0xf7], /leaves out its end/],
    [
      "with data bytes over 127",
      [0xf0, 4, 0x43, 0x90, 0xa0, 0xf7],
      /byte 23 has data bytes over 127/,
    ],
    ["without an end", [0xf0, 2, 0x43, 1], /has no end/],
    ["of another kind, that says anything", [0xf7, 3, 0xf3, 0x90, 1], undefined],
  ];
  test.each(cases)("%s is passed over, and the notes behind it are read", (_, bytes, warning) => {
    const file = read(oneTrack(0, ...bytes, ...after));
    expect(notes(file)).toEqual([[60, file.notes.on[0], file.notes.on[0] + 5, 0]]);
    expect(file.warnings).toHaveLength(warning ? 1 : 0);
    if (warning) expect(file.warnings[0]).toMatch(warning);
  });

  test("that may be one thing or another is refused at its byte", () => {
    expect(() => read(oneTrack(0, 0xf0, 4, 1, 0x90, 2, 3, ...after))).toThrow(
      /at byte 26: expected data bytes from 0 to 127, got 144/,
    );
  });
});

describe("a port within a track", () => {
  const port = (number: number) => [0, 0xff, 0x21, 1, number];
  test("keeps notes of one channel and pitch apart", () => {
    const file = read(
      oneTrack(
        ...port(0),
        ...on(0, 60),
        ...port(1),
        ...on(10, 60),
        ...port(0),
        ...off(10, 60),
        ...port(1),
        ...off(10, 60),
      ),
    );
    expect(notes(file)).toEqual([
      [60, 0, 20, 0],
      [60, 10, 30, 0],
    ]);
    expect([...file.notes.port]).toEqual([0, 1]);
    expect(file.warnings).toEqual([]);
  });

  test("ends with the track", () => {
    const two = midi([
      [...port(3), ...on(0, 60), ...off(5, 60)],
      [...on(0, 61), ...off(5, 61)],
    ]);
    expect([...readMidi(two, "a.mid").notes.port]).toEqual([3, 0]);
  });

  test("that is none is passed over; a channel prefix says nothing about notes", () => {
    const file = read(oneTrack(0, 0xff, 0x21, 0, 0, 0xff, 0x20, 1, 5, ...on(0, 60), ...off(5, 60)));
    expect(notes(file)).toEqual([all[0]]);
    expect([...file.notes.channel]).toEqual([0]);
    expect(file.warnings).toEqual(["the port at byte 23 is no port and is passed over"]);
  });
});
