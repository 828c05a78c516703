import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fileContents } from "../../lib/data/file-contents.js";
import { midi, off, on } from "./midi-bytes.js";
import { wav } from "./wav-file.js";
import { zip } from "./zip-bytes.js";

const program = fileURLToPath(new URL("../../lib/bin/gated-rnn.cjs", import.meta.url));
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gated-rnn-inspect-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What `gated-rnn inspect --json` prints, and its exit code. */
function inspect(name: string, bytes: Uint8Array): { code: number; json: unknown; errors: string } {
  const file = join(folder, name);
  writeFileSync(file, bytes);
  try {
    const out = execFileSync(process.execPath, [program, "inspect", file, "--json"], {
      encoding: "utf8",
      stdio: "pipe",
    });
    return { code: 0, json: JSON.parse(out), errors: "" };
  } catch (error) {
    const { status, stdout, stderr } = error as { status: number; stdout: string; stderr: string };
    return { code: status, json: JSON.parse(stdout), errors: stderr };
  }
}

const song = midi([[...on(0, 64), ...on(0, 60), ...off(10, 60), ...off(0, 64), ...off(0, 3)]], {
  division: 96,
});

describe("gated-rnn inspect --json", () => {
  test("lists the notes of a MIDI file by beginning, pitch and end", () => {
    expect(inspect("a.mid", song)).toMatchObject({
      code: 0,
      json: {
        kind: "midi",
        format: 0,
        tracks: 1,
        division: 96,
        notes: [
          [60, 0, 10],
          [64, 0, 10],
        ],
        warnings: ["1 note-offs without an open note are ignored"],
      },
    });
  });

  test("writes as many notes as there are", () => {
    const many = midi([Array.from({ length: 5000 }, () => [...on(1, 60), ...off(1, 60)]).flat()]);
    const { json } = inspect("many.mid", many);
    const { notes } = json as { notes: number[][] };
    expect(notes).toHaveLength(5000);
    expect(notes[4999]).toEqual([60, 9999, 10_000]);
  });

  test("shows the first frames of a WAV file", () => {
    const { code, json } = inspect(
      "a.wav",
      wav([0, 0x40, 0, 0x80, 0, 0, 0, 0xc0], { channels: 2, sampleRateHz: 22_050 }),
    );
    expect(code).toBe(0);
    expect(json).toMatchObject({
      kind: "wav",
      format: "pcm",
      channels: 2,
      sampleRateHz: 22_050,
      bits: 16,
      frames: 2,
      warnings: [],
    });
    expect((json as { first: unknown }).first).toEqual([
      [0.5, -1],
      [0, -0.5],
    ]);
  });

  test("lists the files of a zip archive", () => {
    expect(inspect("a.zip", zip([{ name: "x/a.mid", content: song }]))).toMatchObject({
      code: 0,
      json: { kind: "zip", entries: [{ name: "x/a.mid", bytes: song.length }] },
    });
  });

  test.each([
    ["a.mid", song.slice(0, 25)],
    ["a.wav", wav([], { channels: 0 })],
    ["a.zip", zip([{ name: "../a", content: song }])],
    ["a.pickle", Uint8Array.of(0x80, 2, 0x63)],
    ["a.mat", new Uint8Array(200)],
    ["a.unknown", new Uint8Array(20)],
  ])("refuses a malformed %s with exit code 1, and says why as JSON", (name, bytes) => {
    const { code, json, errors } = inspect(name, bytes);
    expect(code).toBe(1);
    expect(json).toEqual({
      error: { code: "bad-file", message: expect.stringMatching(/at byte \d+: expected/) },
    });
    expect(errors).not.toContain("    at "); // no stack trace
  });
});

describe("a file's kind", () => {
  test("follows from its first bytes, whatever its name", async () => {
    expect((await fileContents(song, "no-ending")).kind).toBe("midi");
    expect((await fileContents(wav([0, 0]), "x.mid")).kind).toBe("wav");
    expect((await fileContents(zip([]), "x.wav")).kind).toBe("zip");
  });
});
