import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { filesIn } from "../../lib/data/file-tree.js";
import { musicFromMidiFolder } from "../../lib/data/midi-folder.js";
import { loadMusic } from "../../lib/data/music.js";
import { preparedFile } from "../../lib/data/music-sets.js";
import { loadSpeech, speechFile } from "../../lib/data/speech.js";
import { openWav } from "../../lib/data/wav.js";
import { zipContents } from "../../lib/data/zip-contents.js";
import { GatedRnnError } from "../../lib/errors.js";
import { readRegularFile, unreadable } from "../../lib/files/regular-file.js";
import { midi, off, on } from "../data/midi-bytes.js";

let folder = "";
const server = createServer();
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "gr-"));
  writeFileSync(join(folder, "file"), "x");
  mkdirSync(join(folder, "folder"));
  spawnSync("mkfifo", [join(folder, "pipe")]);
  symlinkSync("loop", join(folder, "loop"));
  symlinkSync("pipe", join(folder, "link"));
  await new Promise<void>((ready) => server.listen(join(folder, "socket"), ready));
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

/** What stands in a file's place, none of which may be waited for. */
const places: [string, RegExp][] = [
  ["pipe", /pipe: expected a file to read, got a pipe/],
  ["link", /link: expected a file to read, got a pipe/],
  ["socket", /socket: expected a file to read, got a socket/],
  ["folder", /folder: expected a file to read, got a folder/],
  ["loop", /loop: expected a file to read, got symbolic links that lead to themselves/],
  ["file/x", /x: expected a file to read, got a file in the place of its folder/],
  ["/dev/zero", /zero: expected a file to read, got a device/],
];

describe.skipIf(process.platform === "win32")("in the place of a file", () => {
  const at = (name: string) => (name.startsWith("/") ? name : join(folder, name));

  test.each(places)("%s is told in one line", async (name, problem) => {
    for (const read of [readRegularFile, openWav, zipContents] as const) {
      const reading = (async () => read(at(name)))();
      await expect(reading).rejects.toThrow(GatedRnnError);
      await expect(reading).rejects.toThrow(problem);
    }
  });

  test.each(places)(
    "of a prepared set %s is told alike for music and speech",
    async (name, problem) => {
      const data = mkdtempSync(join(folder, "data-"));
      mkdirSync(join(data, "prepared"));
      symlinkSync(at(name), preparedFile("jsb", data));
      symlinkSync(at(name), speechFile("speech-a", data));
      const words = new RegExp(problem.source.replace(/^[^:]*: /, ""));
      await expect(loadMusic("jsb", { folder: data })).rejects.toThrow(words);
      expect(() => loadSpeech("speech-a", { folder: data })).toThrow(GatedRnnError);
      expect(() => loadSpeech("speech-a", { folder: data })).toThrow(words);
    },
  );

  test("a file of somebody else's is told as that", () => {
    const denied = Object.assign(new Error("EACCES: permission denied"), { code: "EACCES" });
    expect(unreadable("a", denied).message).toBe(
      "a: expected a file to read, got a file that this user may not read",
    );
  });

  test("of the data folder a file is told alike for music and speech", async () => {
    const data = join(folder, "file");
    const problem = "expected a file to read, got a file in the place of its folder";
    await expect(loadMusic("jsb", { folder: data })).rejects.toThrow(problem);
    expect(() => loadSpeech("speech-a", { folder: data })).toThrow(problem);
  });
});

describe.skipIf(process.platform === "win32")("a folder of music", () => {
  const piece = (pitch: number) => midi([[...on(0, pitch), ...off(480, pitch)]]);
  const make = () => {
    const music = mkdtempSync(join(folder, "music-"));
    for (const [i, split] of ["train", "valid", "test"].entries()) {
      mkdirSync(join(music, split));
      writeFileSync(join(music, split, `${i}.mid`), piece(60 + i));
    }
    return music;
  };
  const names = async (path: string) => {
    const found: string[] = [];
    for await (const { name } of filesIn(path, [".mid"])) found.push(name);
    return found;
  };

  test("has links followed, to files and folders, and none in a circle", async () => {
    const music = make();
    const elsewhere = mkdtempSync(join(folder, "elsewhere-"));
    writeFileSync(join(elsewhere, "far.mid"), piece(70));
    symlinkSync(join(elsewhere, "far.mid"), join(music, "train", "near.mid"));
    symlinkSync(elsewhere, join(music, "train", "more"));
    symlinkSync(music, join(music, "train", "again"));
    symlinkSync("train", join(music, "a-name-before-it"));
    expect(await names(music)).toEqual([
      "test/2.mid",
      "train/0.mid",
      "train/more/far.mid",
      "train/near.mid",
      "valid/1.mid",
    ]);
  });

  test("with pipes, sockets and dangling links among its files tells them, and waits for none", async () => {
    const music = make();
    spawnSync("mkfifo", [join(music, "train", "p.mid")]);
    symlinkSync("nowhere", join(music, "train", "d.mid"));
    symlinkSync("l.mid", join(music, "train", "l.mid"));
    symlinkSync(join(folder, "socket"), join(music, "train", "s.mid"));
    symlinkSync("/dev/zero", join(music, "train", "z.mid"));
    const { dataset, refused } = await musicFromMidiFolder(music);
    expect(dataset.train).toHaveLength(1);
    expect(refused.map(({ problem }) => problem)).toEqual([
      "train/d.mid: at byte 0: expected a file to read, got a link that leads nowhere",
      "train/l.mid: at byte 0: expected a file to read, got symbolic links that lead to themselves",
      "train/p.mid: at byte 0: expected a file to read, got a pipe",
      "train/s.mid: at byte 0: expected a file to read, got a socket",
      "train/z.mid: at byte 0: expected a file to read, got a device",
    ]);
  });

  test("is no single file, pipe or device", async () => {
    for (const [place, what] of [
      [join(folder, "file"), "a file"],
      [join(folder, "pipe"), "a pipe"],
      ["/dev/null", "a device"],
    ])
      await expect(names(place)).rejects.toThrow(`expected a folder or a zip archive, got ${what}`);
    symlinkSync(join(folder, "pipe"), join(folder, "pipe.zip"));
    await expect(names(join(folder, "pipe.zip"))).rejects.toThrow(
      "expected a file to read, got a p",
    );
  });

  test("may have thousands of files that are none of its own", async () => {
    const music = make();
    for (let i = 0; i < 5000; i++) symlinkSync("x", join(music, `${i}.txt`));
    expect(await names(music)).toHaveLength(3);
  });
});
