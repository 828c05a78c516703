import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { prepareMusic } from "../../data-prep/prepare.js";
import { musicSources } from "../../data-prep/sources.js";
import { datasetChecksum } from "../../lib/data/checksum.js";
import type { MusicSplits } from "../../lib/data/dataset.js";
import { loadMusic, preparedSets } from "../../lib/data/music.js";
import { dataFolder, preparedFile } from "../../lib/data/music-sets.js";
import { notesAt, pianoRoll } from "../../lib/data/piano-roll.js";
import { parsePrepared, preparedBytes } from "../../lib/data/prepared-file.js";
import { newFolder } from "../data-prep/server.js";
import { mirror, withoutMirror } from "./mirror.js";

const sets: MusicSplits = {
  train: [pianoRoll([[60, 64], [], [21]]), pianoRoll([[108]])],
  valid: [],
  test: [pianoRoll([[61], [62]])],
};
const prepared = {
  name: "jsb",
  checksum: datasetChecksum(sets),
  source: { path: "music/x.mat", sha256: "00" },
  ...sets,
};

/** A folder with a prepared file of these bytes under the name of the JSB Chorales. */
function folderWith(bytes: Uint8Array): string {
  const folder = newFolder();
  const file = preparedFile("jsb", folder);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
  return folder;
}

afterEach(() => vi.unstubAllEnvs());

describe("a prepared file", () => {
  it("gives back what was written", () => {
    const { train, valid, test, name, checksum, source } = parsePrepared(
      preparedBytes(prepared),
      "x.json.gz",
    );
    expect({ name, checksum, source }).toEqual({
      name: "jsb",
      checksum: prepared.checksum,
      source: prepared.source,
    });
    expect(
      [train, valid, test].map((rolls) =>
        rolls.map((roll) => Array.from({ length: roll.length }, (_, t) => [...notesAt(roll, t)])),
      ),
    ).toEqual([[[[60, 64], [], [21]], [[108]]], [], [[[61], [62]]]]);
    expect(train[1].name).toBe("jsb train 1");
  });

  const json = (change: object) =>
    gzipSync(
      JSON.stringify({ ...JSON.parse(gunzipSync(preparedBytes(prepared)).toString()), ...change }),
    );
  it.each([
    ["an empty file", Buffer.alloc(0), "expected a prepared set (gzipped JSON)"],
    [
      "half of one",
      preparedBytes(prepared).subarray(0, 60),
      "expected a prepared set (gzipped JSON)",
    ],
    ["no JSON", gzipSync("traindata"), "expected a prepared set (gzipped JSON)"],
    ["JSON that is no object", gzipSync("[1]"), "expected an object"],
    [
      "another format",
      json({ format: "gated-rnn piano-rolls 99" }),
      'expected format "gated-rnn piano-rolls 1", got gated-rnn piano-rolls 99',
    ],
    ["no source", json({ source: null }), "expected the source's path and sha256"],
    ["no name", json({ name: 7 }), "expected a name and a checksum"],
    [
      "a missing split",
      json({ valid: undefined }),
      "expected lists of steps of MIDI notes in valid",
    ],
    [
      "a note that is none",
      json({ test: [[[128]]] }),
      "expected lists of steps of MIDI notes in test",
    ],
    [
      "a changed note",
      json({ test: [[[61], [63]]] }),
      `expected content with checksum ${prepared.checksum}, got `,
    ],
    [
      "a bomb",
      gzipSync(Buffer.alloc(65 * 2 ** 20, 32), { level: 1 }),
      "expected a prepared set (gzipped JSON)",
    ],
  ])("is refused with a typed error when it is %s", async (_what, bytes, message) => {
    const folder = folderWith(bytes);
    await expect(loadMusic("jsb", { folder })).rejects.toMatchObject({
      code: "bad-file",
      message: expect.stringContaining(message),
    });
    expect((await preparedSets(folder))[0]).toMatchObject({
      name: "jsb",
      prepared: false,
      problem: expect.stringContaining(message),
    });
  });
});

describe("loadMusic", () => {
  it("has 88 keys from the piano's lowest, or the paper's number from MIDI note 1, over the same music", async () => {
    const folder = folderWith(preparedBytes(prepared));
    const piano = await loadMusic("jsb", { folder });
    expect(piano).toMatchObject({
      name: "jsb",
      title: "JSB Chorales",
      synthetic: false,
      lowestNote: 21,
      keys: 88,
      checksum: prepared.checksum,
    });
    expect(await loadMusic("jsb", { folder, dims: "paper" })).toEqual({
      ...piano,
      lowestNote: 1,
      keys: 96,
    });
  });

  it("names the sets there are when asked for another", async () => {
    const message = "data: expected one of jsb, nottingham, musedata, piano-midi, got bach";
    await expect(loadMusic("bach")).rejects.toMatchObject({ code: "usage", message });
    await expect(prepareMusic(["jsb", "bach"])).rejects.toMatchObject({ code: "usage", message });
  });

  it("says how to prepare a set that is not prepared", async () => {
    const folder = newFolder();
    const message = `musedata: expected a prepared set in ${folder}, got none; run gated-rnn data prepare musedata`;
    await expect(loadMusic("musedata", { folder })).rejects.toMatchObject({
      code: "data-missing",
      message,
    });
    expect(await preparedSets(folder)).toEqual(
      ["jsb", "nottingham", "musedata", "piano-midi"].map((name) => ({ name, prepared: false })),
    );
  });

  it("refuses a file that holds another set", async () => {
    const folder = folderWith(preparedBytes({ ...prepared, name: "nottingham" }));
    await expect(loadMusic("jsb", { folder })).rejects.toMatchObject({
      code: "bad-file",
      message: expect.stringContaining("got nottingham"),
    });
  });

  it("looks in GATED_RNN_DATA, else in the user's cache", () => {
    vi.stubEnv("GATED_RNN_DATA", "/some/where");
    expect(dataFolder()).toBe("/some/where");
    vi.stubEnv("GATED_RNN_DATA", "");
    vi.stubEnv("XDG_CACHE_HOME", "/cache");
    expect(dataFolder()).toBe(join("/cache", "gated-rnn"));
    vi.stubEnv("XDG_CACHE_HOME", "");
    vi.stubEnv("HOME", "/home/reader");
    expect(dataFolder()).toBe(join("/home/reader", ".cache", "gated-rnn"));
  });
});

describe("datasetChecksum", () => {
  it("depends on every note, step, sequence and split, and on no name", () => {
    const variants: MusicSplits[] = [
      sets,
      { ...sets, test: [pianoRoll([[61], [63]])] },
      { ...sets, test: [pianoRoll([[61, 62], []])] },
      { ...sets, test: [pianoRoll([[61]]), pianoRoll([[62]])] },
      { ...sets, test: [], valid: sets.test },
      { ...sets, train: [...sets.train].reverse() },
    ];
    expect(new Set(variants.map(datasetChecksum)).size).toBe(variants.length);
    expect(datasetChecksum({ ...sets, test: [{ ...sets.test[0], name: "other" }] })).toBe(
      prepared.checksum,
    );
  });
});

describe.skipIf(!mirror)(`the real sets${withoutMirror}`, () => {
  const folder = newFolder();
  beforeAll(async () => {
    await prepareMusic(["jsb", "nottingham", "musedata", "piano-midi"], {
      folder,
      mirror: mirror as string,
      offline: true,
    });
  });

  it.each(["jsb", "nottingham", "musedata", "piano-midi"] as const)(
    "%s has the published checksum and loads",
    async (name) => {
      const set = await loadMusic(name, { folder });
      expect(set.checksum).toBe(musicSources[name].checksum);
      expect(set.train).toHaveLength(musicSources[name].counts.train.sequences);
    },
  );

  it("holds the same chorales as the JSON that others made of the same files", async () => {
    const text = gunzipSync(
      readFileSync(join(mirror as string, "music", "JSB-Chorales.json.gz")),
    ).toString();
    const expected = JSON.parse(text) as Record<"train" | "valid" | "test", number[][][]>;
    const set = await loadMusic("jsb", { folder });
    for (const split of ["train", "valid", "test"] as const)
      expect(
        set[split].map((roll) =>
          Array.from({ length: roll.length }, (_, t) => [...notesAt(roll, t)]),
        ),
      ).toEqual(expected[split]);
  });

  it("all fit the paper's dimensions, which their highest notes fix", async () => {
    for (const { name } of await preparedSets(folder)) {
      const { train, valid, test, keys, lowestNote } = await loadMusic(name, {
        folder,
        dims: "paper",
      });
      const highest = Math.max(
        ...[...train, ...valid, ...test].flatMap((roll) =>
          roll.notes.reduce((a, b) => Math.max(a, b), 0),
        ),
      );
      expect(lowestNote + keys - 1).toBe(highest);
    }
  });

  it("are prepared again from what was fetched when a prepared file is corrupted", async () => {
    const broken = newFolder();
    mkdirSync(join(broken, "sources", "music"), { recursive: true });
    copyFileSync(
      join(folder, "sources", "music", "JSB_Chorales.mat"),
      join(broken, "sources", "music", "JSB_Chorales.mat"),
    );
    await prepareMusic(["jsb"], { folder: broken, mirror: "", offline: true });
    const file = preparedFile("jsb", broken);
    const bytes = readFileSync(file);
    bytes[bytes.length >> 1] ^= 1;
    writeFileSync(file, bytes);
    await expect(loadMusic("jsb", { folder: broken })).rejects.toMatchObject({ code: "bad-file" });
    await prepareMusic(["jsb"], { folder: broken, mirror: "", offline: true });
    expect((await loadMusic("jsb", { folder: broken })).checksum).toBe(musicSources.jsb.checksum);
    expect(readdirSync(dirname(file))).toEqual(["jsb.json.gz"]);
    expect(existsSync(`${file}.part`)).toBe(false);
  });
});
