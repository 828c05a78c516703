import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { musicFromMidiFolder } from "../../lib/data/midi-folder.js";
import { splitGroups } from "../../lib/data/split-rule.js";
import { midi, off, on } from "./midi-bytes.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gated-rnn-midi-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Two steps of a note and its fifth. */
const piece = (pitch: number) =>
  midi([[...on(0, pitch), ...on(0, pitch + 7), ...off(480, pitch), ...off(0, pitch + 7)]]);

function write(name: string, files: Record<string, Uint8Array>): string {
  for (const [file, bytes] of Object.entries(files)) {
    const path = join(folder, name, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }
  return join(folder, name);
}

describe("a folder of MIDI files", () => {
  test("is split by its own folders, and tells which pieces stand in two of them", async () => {
    const path = write("given", {
      "train/a.mid": piece(60),
      "train/deep/b.MID": piece(61),
      "valid/c.mid": piece(62),
      "test/d.midi": piece(60),
      "test/notes.txt": piece(63),
      "test/.hidden.mid": piece(64),
    });
    const { dataset, duplicates, refused } = await musicFromMidiFolder(path);
    expect([dataset.train.length, dataset.valid.length, dataset.test.length]).toEqual([2, 1, 1]);
    expect(dataset).toMatchObject({
      kind: "music",
      name: "given",
      lowestNote: 21,
      keys: 88,
      synthetic: false,
    });
    // files come in the order of their names: test/d.midi first
    expect(duplicates).toEqual([
      { piece: "train/a.mid", of: "test/d.midi", inSplits: ["train", "test"] },
    ]);
    expect(refused).toEqual([]);
  });

  test("without such folders is split by a seeded rule, the same content never into two splits", async () => {
    const files = Object.fromEntries(
      Array.from({ length: 20 }, (_, i) => [`${i}.mid`, piece(40 + i)]),
    );
    const path = write("seeded", { ...files, "copy/0.mid": piece(40), "copy/1.mid": piece(41) });
    const { dataset, duplicates } = await musicFromMidiFolder(path, {
      split: { seed: 3, valid: 0.2, test: 0.1 },
    });
    expect([dataset.train.length, dataset.valid.length, dataset.test.length]).toEqual([14, 4, 2]);
    expect(duplicates.map((d) => [d.piece, d.of, d.inSplits[0] === d.inSplits[1]])).toEqual([
      ["copy/0.mid", "0.mid", true],
      ["copy/1.mid", "1.mid", true],
    ]);
    const again = await musicFromMidiFolder(path, { split: { seed: 3, valid: 0.2, test: 0.1 } });
    expect(again.dataset.checksum).toBe(dataset.checksum);
    const other = await musicFromMidiFolder(path, { split: { seed: 4, valid: 0.2, test: 0.1 } });
    expect(other.dataset.checksum).not.toBe(dataset.checksum);
  });

  test("leaves out malformed files and says which", async () => {
    const path = write("dirty", {
      "train/a.mid": piece(60),
      "valid/b.mid": piece(61),
      "test/c.mid": piece(62),
      "test/broken.mid": piece(63).slice(0, 30),
    });
    const { dataset, refused } = await musicFromMidiFolder(path);
    expect(dataset.test).toHaveLength(1);
    expect(refused).toHaveLength(1);
    expect(refused[0]).toMatchObject({
      file: "test/broken.mid",
      problem: expect.stringMatching(/^test\/broken\.mid: at byte \d+: expected/),
    });
  });

  test("leaves out a file with time code, which has no quarter notes, unless it is told how", async () => {
    const timed = midi([[...on(0, 63), ...off(480, 63)]], { division: ((256 - 25) << 8) | 40 });
    const files = { "train/a.mid": piece(60), "valid/b.mid": piece(61), "test/c.mid": piece(62) };
    const path = write("timed", { ...files, "train/d.mid": timed });
    const { dataset, refused } = await musicFromMidiFolder(path);
    expect(dataset.train).toHaveLength(1);
    expect(refused).toEqual([
      {
        file: "train/d.mid",
        problem: expect.stringMatching(/d\.mid: .*got time code; stepSeconds/),
      },
    ]);
    const told = await musicFromMidiFolder(path, { stepSeconds: 0.1 });
    expect([told.dataset.train.length, told.refused]).toEqual([2, []]);
  });

  test("is refused when there is nothing in it, all of it is malformed, or a split stays empty", async () => {
    await expect(musicFromMidiFolder(join(folder, "nowhere"))).rejects.toThrow(
      "expected a folder or a zip archive, got ENOENT",
    );
    await expect(musicFromMidiFolder(write("empty", { "a.txt": piece(1) }))).rejects.toThrow(
      "expected MIDI files (.mid, .midi, .kar), got none",
    );
    await expect(
      musicFromMidiFolder(write("bad", { "a.mid": Uint8Array.of(1) })),
    ).rejects.toMatchObject({ code: "bad-file" });
    await expect(musicFromMidiFolder(write("one", { "train/a.mid": piece(60) }))).rejects.toThrow(
      "got none in valid",
    );
  });
});

describe("the seeded rule", () => {
  test("puts each group into one split, whatever order the groups come in", () => {
    const groups = Array.from({ length: 50 }, (_, i) => `speaker ${i}`);
    const splits = splitGroups(groups, { seed: 7 });
    expect(splitGroups([...groups].reverse(), { seed: 7 })).toEqual(splits);
    expect([...splits.values()].filter((s) => s === "test")).toHaveLength(5);
    expect([...splits.values()].filter((s) => s === "valid")).toHaveLength(5);
  });

  test("needs a group for each split", () => {
    expect(() => splitGroups(["a", "b"])).toThrow("split: expected at least three groups");
    expect(() => splitGroups(["a", "b", "c"], { valid: 0.5, test: 0.5 })).toThrow(
      "shares that leave some for training",
    );
  });
});
