import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { checkContents, prepareMusic } from "../../data-prep/prepare.js";
import { musicSources } from "../../data-prep/sources.js";
import { datasetChecksum } from "../../lib/data/checksum.js";
import { rollCounts } from "../../lib/data/counts.js";
import { pianoRoll } from "../../lib/data/piano-roll.js";
import { zipEntries } from "../../lib/data/zip.js";
import { mirror, withoutMirror } from "../data/mirror.js";
import { newFolder } from "./server.js";

const sets = {
  train: [pianoRoll([[60, 64], [62]])],
  valid: [pianoRoll([[60]])],
  test: [pianoRoll([[], [61]])],
};
const published = { counts: rollCounts(sets), checksum: datasetChecksum(sets) };

describe("prepareMusic", () => {
  it("says in one line what was tried and what to do when there is neither mirror nor network", async () => {
    const folder = newFolder();
    const error = await prepareMusic(["jsb"], {
      folder,
      mirror: join(folder, "nowhere"),
      offline: true,
    }).then(
      () => expect.fail("expected an error"),
      (e) => e,
    );
    expect(error).toMatchObject({ name: "GatedRnnError", code: "data-missing" });
    expect(error.message).not.toContain("\n");
    for (const part of [
      "music/JSB_Chorales.mat",
      "music/JSB Chorales.pickle",
      "nowhere: missing",
      "GATED_RNN_OFFLINE",
      "connect to the network, or set GATED_RNN_MIRROR",
    ])
      expect(error.message).toContain(part);
    expect(existsSync(join(folder, "prepared"))).toBe(false);
  });

  it("stops before it writes anything when it is asked to", async () => {
    const folder = newFolder();
    const stopped = prepareMusic(["jsb"], { folder, offline: true, signal: AbortSignal.abort() });
    await expect(stopped).rejects.toMatchObject({
      code: "download",
      message: expect.stringContaining("stopped"),
    });
    expect(existsSync(join(folder, "prepared"))).toBe(false);
  });

  it("takes no file of another content from a mirror", async () => {
    const folder = newFolder();
    const wrong = join(folder, "mirror");
    mkdirSync(join(wrong, "music"), { recursive: true });
    writeFileSync(
      join(wrong, "music", "JSB_Chorales.mat"),
      Buffer.alloc(musicSources.jsb.files[0].bytes),
    );
    await expect(prepareMusic(["jsb"], { folder, mirror: wrong, offline: true })).rejects.toThrow(
      /expected sha256 ac0e608527cc/,
    );
    expect(readdirSync(join(folder, "sources", "music"))).toEqual([]);
  });

  it.skipIf(!mirror)(
    `writes the prepared file and tells where it came from${withoutMirror}`,
    async () => {
      const folder = newFolder();
      const received: number[] = [];
      const [prepared] = await prepareMusic(["jsb"], {
        folder,
        mirror: mirror as string,
        offline: true,
        onProgress: (p) => received.push(p.receivedBytes),
      });
      expect(prepared).toMatchObject({
        name: "jsb",
        checksum: musicSources.jsb.checksum,
        source: { path: "music/JSB_Chorales.mat" },
      });
      expect(prepared.file).toBe(join(folder, "prepared", "jsb.json.gz"));
      expect(readdirSync(join(folder, "prepared"))).toEqual(["jsb.json.gz"]);
    },
  );

  it.skipIf(!mirror)(
    `takes the pickle where there is no MATLAB file, to the same checksum${withoutMirror}`,
    async () => {
      const folder = newFolder();
      const pickles = join(folder, "mirror");
      mkdirSync(join(pickles, "music"), { recursive: true });
      for await (const { name, read } of zipEntries(
        join(mirror as string, "music", "piano-roll-pickles.zip"),
      ))
        if (name === "JSB Chorales.pickle" || name === "Piano-midi.de.pickle")
          writeFileSync(join(pickles, "music", name), await read());
      const prepared = await prepareMusic(["jsb", "piano-midi"], {
        folder,
        mirror: pickles,
        offline: true,
      });
      expect(prepared.map(({ source, checksum }) => [source.path, checksum])).toEqual([
        ["music/JSB Chorales.pickle", musicSources.jsb.checksum],
        ["music/Piano-midi.de.pickle", musicSources["piano-midi"].checksum],
      ]);
    },
  );
});

describe("checkContents", () => {
  it("accepts the published contents", () => {
    checkContents("set", sets, published);
  });

  it.each([
    [
      "sequences",
      { ...sets, valid: [...sets.valid, ...sets.valid] },
      "set valid: expected 1 sequences, got 2",
    ],
    ["steps", { ...sets, test: [pianoRoll([[61]])] }, "set test: expected 2 steps, got 1"],
    ["notes", { ...sets, train: [pianoRoll([[60], [62]])] }, "set train: expected 3 notes, got 2"],
    ["content", { ...sets, valid: [pianoRoll([[61]])] }, "set: expected contents with checksum"],
  ])("refuses other %s", (_what, changed, message) => {
    expect(() => checkContents("set", changed, published)).toThrow(message);
  });

  it("knows counts of the published table", () => {
    const rows = Object.values(musicSources).flatMap(({ counts }) =>
      Object.values(counts).map(({ sequences, steps, notes }) => [
        sequences,
        steps,
        Number((notes / steps).toFixed(3)),
      ]),
    );
    expect(rows).toEqual([
      [229, 13_807, 3.898],
      [76, 4_602, 3.87],
      [77, 4_725, 3.887],
      [694, 176_561, 3.961],
      [173, 45_513, 3.959],
      [170, 44_463, 3.99],
      [524, 245_202, 3.493],
      [135, 82_755, 3.479],
      [124, 64_339, 3.293],
      [87, 75_911, 3.044],
      [12, 8_540, 3.235],
      [25, 19_036, 2.945],
    ]);
  });
});

describe("data-prep/README.md", () => {
  it("lists every file and set as they are checked", () => {
    const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
    const text = readFileSync(join(root, "data-prep", "README.md"), "utf8").replace(/ +/g, " ");
    const thousands = (n: number) => n.toLocaleString("en");
    for (const [name, { files, counts, checksum }] of Object.entries(musicSources)) {
      for (const { path, bytes, sha256 } of files)
        expect(text).toContain(`| \`${path}\` | ${thousands(bytes)} | \`${sha256}\` |`);
      const row = (split: "train" | "valid" | "test") =>
        `| ${split} | ${thousands(counts[split].sequences)} | ${thousands(counts[split].steps)} | ${thousands(counts[split].notes)} |`;
      expect(text).toContain(
        `| ${name} ${row("train")} \`${checksum}\` |\n| ${row("valid")} |\n| ${row("test")} |`,
      );
    }
  });
});
