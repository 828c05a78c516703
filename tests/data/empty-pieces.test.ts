import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { datasetChecksum } from "../../lib/data/checksum.js";
import { fileContents } from "../../lib/data/file-contents.js";
import { pianoRollsFromMat } from "../../lib/data/mat-music.js";
import { musicFromMidiFolder } from "../../lib/data/midi-folder.js";
import { loadMusic } from "../../lib/data/music.js";
import { preparedFile } from "../../lib/data/music-sets.js";
import { pianoRoll } from "../../lib/data/piano-roll.js";
import { pianoRollsFromPickle } from "../../lib/data/pickle-music.js";
import { checkDataset } from "../../lib/data/predictable-steps.js";
import { preparedBytes } from "../../lib/data/prepared-file.js";
import { loadSpeech, speechFile } from "../../lib/data/speech.js";
import { speechFromWavs } from "../../lib/data/speech-corpus.js";
import { wavBytes } from "../../lib/data/wav-out.js";
import { MatWriter } from "./mat-writer.js";
import { midi, off, on } from "./midi-bytes.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gated-rnn-empty-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, files: Record<string, Uint8Array>): string {
  for (const [file, bytes] of Object.entries(files)) {
    const path = join(folder, name, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }
  return join(folder, name);
}

const piece = (pitch: number) => midi([[...on(0, pitch), ...off(480, pitch)]]);
const drums = (pitch = 36) =>
  midi([[...on(0, pitch, { channel: 9 }), ...off(480, pitch, { channel: 9 })]]);
const sound = { "train/a.mid": piece(60), "valid/b.mid": piece(61), "test/c.mid": piece(62) };

describe("a folder of MIDI files", () => {
  test("tells in one warning which pieces came out empty and why, and leaves them out", async () => {
    const path = write("some", {
      ...sound,
      "train/d.mid": drums(36),
      "train/e.mid": drums(38),
      "train/f.mid": midi([[]]),
      "test/g.mid": midi([[...on(0, 60), ...off(240, 60)]]),
      "test/h.mid": midi([[...on(0, 60), ...off(10, 60)]]),
      "test/i.mid": midi([[...on(0, 5), ...off(960, 5)]]),
    });
    const { dataset, empty, duplicates, warnings } = await musicFromMidiFolder(path);
    expect(warnings).toEqual([
      {
        file: path,
        warning:
          "6 of 9 pieces have nothing to predict: 1 with one time step (test/g.mid), 1 with no time steps " +
          "(test/h.mid), 1 with no note from 21 to 108 (test/i.mid), 2 with percussion only (train/d.mid, " +
          "train/e.mid), 1 with no notes (train/f.mid)",
      },
    ]);
    expect(dataset.warnings).toEqual([warnings[0].warning]);
    expect(empty).toHaveLength(6);
    expect(duplicates).toEqual([]);
    expect([dataset.train.length, dataset.valid.length, dataset.test.length]).toEqual([1, 1, 1]);
    expect(() => checkDataset(dataset)).not.toThrow();
    const { warnings: none, dataset: plain } = await musicFromMidiFolder(write("sound", sound));
    expect([none, "warnings" in plain]).toEqual([[], false]);
  });

  test("whose training pieces are percussion only is refused, with the split, the pieces and why", async () => {
    const path = write("drums", { ...sound, "train/a.mid": drums() });
    await expect(musicFromMidiFolder(path)).rejects.toThrow(
      /expected pieces in train, valid and test, got none in train; add some there; 1 of 3 pieces have nothing to predict: 1 with percussion only \(train\/a\.mid\)/,
    );
    const taken = await musicFromMidiFolder(path, { drums: true });
    expect(taken.dataset.train[0].notes.length).toBeGreaterThan(0);
  });

  test("of percussion alone is refused, and does not count its pieces as copies", async () => {
    const files = Object.fromEntries([1, 2, 3, 4, 5].map((i) => [`${i}.mid`, drums(35 + i)]));
    await expect(musicFromMidiFolder(write("band", files))).rejects.toThrow(
      "got none; 5 of 5 pieces have nothing to predict: 5 with percussion only (1.mid, 2.mid, 3.mid and 2 more)",
    );
  });

  test("that is split by the seeded rule has no split of empty pieces", async () => {
    const files = Object.fromEntries([0, 1, 2].map((i) => [`${i}.mid`, piece(60 + i)]));
    const more = Object.fromEntries([3, 4, 5, 6].map((i) => [`${i}.mid`, midi([[]])]));
    const { dataset } = await musicFromMidiFolder(write("seeded", { ...files, ...more }));
    expect([dataset.train.length, dataset.valid.length, dataset.test.length]).toEqual([1, 1, 1]);
  });
});

describe("a set in one file", () => {
  const warning =
    /^2 of 4 pieces have nothing to predict: 1 with one time step \(.*train.* 0\), 1 with no/;
  const mat = new MatWriter();
  const matFile = Buffer.concat([
    mat.header(),
    mat.cells("traindata", mat.roll([[60]]), mat.roll([[60], [61]])),
    mat.cells("validdata", mat.roll([])),
    mat.cells("testdata", mat.roll([[60], [61]])),
  ]);
  /** {'train': [[[60]], [[60], []]], 'valid': [[]], 'test': [[[60], []]]} */
  const pickle = Buffer.from(
    "80027d7100285805000000747261696e71015d7102285d71035d71044b3c61615d7105285d71064b3c615d71076565580500000076616c696471085d71095d710a61580400000074657374710b5d710c5d710d285d710e4b3c615d710f6561752e",
    "hex",
  );

  test("of MATLAB keeps its pieces as published, and tells", async () => {
    const { train, valid, warnings } = pianoRollsFromMat(matFile, "x.mat");
    expect([train.length, valid.length]).toEqual([2, 1]);
    expect(warnings).toEqual([expect.stringMatching(warning)]);
    expect(await fileContents(matFile, "x.mat")).toMatchObject({ warnings });
  });

  test("of Python, too", () => {
    const { warnings } = pianoRollsFromPickle(pickle, "x.pickle");
    expect(warnings).toEqual([expect.stringMatching(warning)]);
  });

  test("that was prepared, too, and it is the data set's warning", async () => {
    const roll = pianoRoll([[60], [61]]);
    const sets = { train: [pianoRoll([[60]]), roll], valid: [pianoRoll([])], test: [roll] };
    const file = preparedFile("jsb", folder);
    const source = { path: "x", sha256: "y" };
    const checksum = datasetChecksum(sets);
    write("prepared", {});
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, preparedBytes({ name: "jsb", checksum, source, ...sets }));
    const { warnings } = await loadMusic("jsb", { folder });
    expect(warnings).toEqual([expect.stringMatching(warning)]);
  });
});

describe("a folder of WAV files", () => {
  const noise = (length: number) =>
    wavBytes([Float32Array.from({ length }, (_, i) => Math.sin(i * i + length))], 8000);
  const files = {
    "train/a.wav": noise(90),
    "train/b.wav": noise(20),
    "train/c.wav": noise(0),
    "valid/d.wav": noise(80),
    "test/e.wav": noise(85),
  };
  const make = (path: string, sequenceSamples: number, name = "short") =>
    speechFromWavs(path, speechFile(name, folder), { name, sequenceSamples });

  test("tells which recordings are shorter than a sequence, in one warning", async () => {
    const path = write("recordings", files);
    const { dataset, warnings } = await make(path, 40);
    expect(warnings).toEqual([
      {
        file: path,
        warning:
          "2 of 5 recordings are left out, with fewer than the 40 samples of a sequence: train/b.wav, train/c.wav",
      },
    ]);
    expect(dataset.warnings).toBeUndefined();
  });

  test("names them where a split stays without a sequence", async () => {
    await expect(make(write("recordings", files), 82)).rejects.toThrow(
      /at least 1 sequences of 82 samples in valid, got 0; 3 of 5 recordings .*: train\/b\.wav, train\/c\.wav, valid\/d\.wav/,
    );
  });

  test("cut shorter than a step gives a set that says so, and that nothing is computed on", async () => {
    const { dataset } = await make(write("recordings", files), 29, "tiny");
    const warnings = [
      "all 7 sequences have nothing to predict: they have 29 samples, a step takes 30",
    ];
    expect(dataset.warnings).toEqual(warnings);
    expect(loadSpeech("tiny", { folder }).warnings).toEqual(warnings);
    expect(() => checkDataset(dataset)).toThrow(/got none in train and valid and test/);
  });
});
