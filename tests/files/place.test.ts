import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeFolder } from "../../lib/files/folder.js";
import { tryFiles, tryFolder } from "../../lib/files/place.js";
import { writeWholeFile } from "../../lib/files/whole-file.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gated-rnn-place-"));
  writeFileSync(join(folder, "file"), "kept");
  symlinkSync(join(folder, "nowhere"), join(folder, "dangling"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const thrown = (work: () => void): unknown => {
  try {
    work();
  } catch (error) {
    return error;
  }
  return "nothing";
};

/** Places that hold no folder, and what is said of them. */
const impossible: readonly (readonly [string, (folder: string) => string, RegExp])[] = [
  ["a file", (at) => join(at, "file"), /file, which is no folder/],
  ["a path under a file", (at) => join(at, "file", "a", "b"), /file, which is no folder/],
  ["a dangling link", (at) => join(at, "dangling"), /dangling, a symbolic link that leads nowhere/],
  ["a path under it", (at) => join(at, "dangling", "a"), /dangling, a symbolic link that leads/],
  ["a device", () => "/dev/null", /\/dev\/null, which is no folder/],
  ["a path under a device", () => "/dev/null/x", /\/dev\/null, which is no folder/],
  ["a file system that takes no folders", () => "/proc/x", /\/proc, which takes no folders/],
  ["a path under it that node would make for ever", () => "/proc/x/y/z", /\/proc, which takes no/],
  ["a name that is too long", (at) => join(at, "x".repeat(300)), /ENAMETOOLONG/],
  ["no name at all", (at) => `${at}/a\0b`, /null bytes/],
];

describe.skipIf(process.platform !== "linux")("a folder that cannot be made", () => {
  it.each(impossible)("because it is %s is told in one line by every door", (_, of, problem) => {
    const place = of(folder);
    for (const work of [
      () => makeFolder(place),
      () => tryFolder(place),
      () => tryFiles([join(place, "record.json")]),
      () => writeWholeFile(join(place, "record.json"), "x"),
    ])
      expect(thrown(work)).toMatchObject({
        code: "record",
        message: expect.stringMatching(
          new RegExp(`^.*: expected .*, got .*${problem.source}.*; choose another place$`),
        ),
      });
    expect(readdirSync(folder).sort()).toEqual(["dangling", "file"]);
  });
});

describe("a folder that can be made", () => {
  it("is made with those above it, and again without harm", () => {
    const place = join(folder, "a", "b", "c");
    makeFolder(place);
    makeFolder(place);
    expect(readdirSync(place)).toEqual([]);
  });

  it("may be tried before, which leaves nothing, whether it is there or not", () => {
    tryFolder(folder);
    tryFolder(join(folder, "a", "b", "c"));
    tryFiles([join(folder, "d", "one.json"), join(folder, "two.json")]);
    expect(readdirSync(folder).sort()).toEqual(["dangling", "file"]);
  });

  it("may be reached through links, and by a path with dots", () => {
    mkdirSync(join(folder, "real"));
    symlinkSync(join(folder, "real"), join(folder, "link"));
    makeFolder(join(folder, "link", "x", "..", "y"));
    expect(existsSync(join(folder, "real", "y"))).toBe(true);
  });
});

describe("a file that is tried", () => {
  it("keeps what it has", () => {
    tryFiles([join(folder, "file")]);
    expect(readFileSync(join(folder, "file"), "utf8")).toBe("kept");
  });

  it("is refused when a folder has its name, a link leads nowhere, or the disk has too little left", () => {
    mkdirSync(join(folder, "taken.json"));
    expect(() => tryFiles([join(folder, "taken.json")])).toThrow(
      "taken.json: expected to write it, got a folder of that name; choose another place",
    );
    expect(() => tryFiles([join(folder, "dangling")])).toThrow(
      `dangling: expected to write it, got a symbolic link that leads nowhere (${join(folder, "nowhere")})`,
    );
    expect(() => tryFiles([join(folder, "new")], 2 ** 62)).toThrow(
      /new: expected to write it, got [\d,]+ bytes free for 4,611,[\d,]+; make room there/,
    );
    expect(readdirSync(folder).sort()).toEqual(["dangling", "file", "taken.json"]);
  });

  it("has the room for its temporary name, which is longer than its own", () => {
    expect(() => tryFiles([join(folder, "x".repeat(255))])).toThrow("ENAMETOOLONG");
  });
});

describe("a file that is written", () => {
  it("through a link changes what the link leads to, and the link stays", () => {
    symlinkSync(join(folder, "file"), join(folder, "link"));
    writeWholeFile(join(folder, "link"), "new");
    expect(readFileSync(join(folder, "file"), "utf8")).toBe("new");
    expect(readdirSync(folder).sort()).toEqual(["dangling", "file", "link"]);
  });

  it.skipIf(process.platform === "win32")("never replaces a device", () => {
    writeWholeFile("/dev/null", "x");
    expect(statSync("/dev/null").isCharacterDevice()).toBe(true);
  });

  it.skipIf(process.platform !== "linux")("on a full device says that it is full", () => {
    expect(() => writeWholeFile("/dev/full", "x")).toThrow(
      "/dev/full: expected to write it, got ENOSPC: no space left on device, write; make room there",
    );
  });
});
