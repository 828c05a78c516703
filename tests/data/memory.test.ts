import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { deflateSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MatWriter } from "./mat-writer.js";
import { chunk, header, midi } from "./midi-bytes.js";
import { fmt, riff, wav, chunk as wavChunk } from "./wav-file.js";
import { zip } from "./zip-bytes.js";

const main = fileURLToPath(new URL("../../lib/dist/lib/cli/main.js", import.meta.url));
const MB = 1e6;

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gated-rnn-memory-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The most memory that inspecting a file takes, in bytes, and how it ended. */
function inspect(name: string, bytes: Uint8Array): { peak: number; kind: string } {
  const file = join(folder, name);
  writeFileSync(file, bytes);
  const script = `require(${JSON.stringify(main)}).main(["inspect", ${JSON.stringify(file)}, "--json"]).then(() => console.error(/VmHWM:\\s+(\\d+)/.exec(require("node:fs").readFileSync("/proc/self/status", "utf8"))[1]))`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ["-e", script], {
    encoding: "utf8",
    maxBuffer: 2 ** 30,
  });
  expect(status, stderr).not.toBeNull();
  rmSync(file);
  return {
    peak: 1024 * Number(stderr.trim().split("\n").at(-1)),
    kind: /"(?:code|kind)":"([^"]+)"/.exec(stdout.slice(0, 1000))?.[1] ?? stderr,
  };
}

const matlab = new MatWriter();
const compressed = (matrix: Buffer) =>
  Buffer.concat([matlab.header(), matlab.element(15, deflateSync(matrix))]);
const ones = (steps: number) =>
  matlab.matrix("", 6, [steps, 88], matlab.element(2, new Uint8Array(steps * 88).fill(1)));
const repeated = (pattern: readonly number[], times: number) =>
  Buffer.concat(Array<Buffer>(times).fill(Buffer.from(pattern)));
const track = (bytes: Uint8Array) =>
  Buffer.concat([Buffer.from(header()), Buffer.from(chunk("MTrk", [], bytes.length)), bytes]);
const pickle = (...parts: (string | Buffer)[]) =>
  Buffer.concat(parts.map((p) => (typeof p === "string" ? Buffer.from(p, "latin1") : p)));

// The peak is read from /proc, for what getrusage tells begins with the memory of the process that started this one.
describe.skipIf(process.platform !== "linux")(
  "reading a file takes at most 64 MB and 8 times its size:",
  () => {
    const cases: [string, () => Uint8Array, string][] = [
      [
        "bomb.mat",
        () =>
          compressed(
            matlab.matrix("x", 6, [300_000_000, 1], matlab.element(2, new Uint8Array(40 * MB))),
          ),
        "bad-file",
      ],
      ["ones.mat", () => compressed(matlab.cells("traindata", ones(400_000))), "mat"],
      [
        "rolls.mat",
        () => {
          const element = (name: string) =>
            matlab.element(15, deflateSync(matlab.cells(name, ones(130_000))));
          return Buffer.concat([
            matlab.header(),
            element("traindata"),
            element("validdata"),
            element("testdata"),
          ]);
        },
        "bad-file",
      ],
      [
        "sparse.mat",
        () => {
          const content = [[0], Array<number>(89).fill(0)].map((numbers) =>
            matlab.element(5, matlab.bytes32(...numbers)),
          );
          const roll = matlab.matrix(
            "",
            5,
            [2 ** 21, 88],
            ...content,
            matlab.element(2, Uint8Array.of(1)),
          );
          return Buffer.concat([
            matlab.header(),
            ...["traindata", "validdata", "testdata"].map((name) => matlab.cells(name, roll)),
          ]);
        },
        "bad-file",
      ],
      [
        "cells.mat",
        () =>
          compressed(
            matlab.matrix(
              "traindata",
              1,
              [4_000_000, 1],
              repeated([14, 0, 0, 0, 0, 0, 0, 0], 4_000_000),
            ),
          ),
        "bad-file",
      ],
      ["lists.pickle", () => pickle("\x80\x02", repeated([0x5d], 10_000_000), "."), "bad-file"],
      [
        "nested.pickle",
        () => pickle("\x80\x02", repeated([0x5d, 0x61], 5_000_000), "."),
        "bad-file",
      ],
      [
        "copies.pickle",
        () => pickle("\x80\x02](K\x01", repeated([0x32], 10_000_000), "e."),
        "bad-file",
      ],
      [
        "boxes.pickle",
        () =>
          pickle(
            "\x80\x02](",
            repeated([...Buffer.from("]K\x01a"), ...Buffer.from("]K\x01aK\x02a")], 800_000),
            "e.",
          ),
        "bad-file",
      ],
      [
        "tuples.pickle",
        () => pickle("\x80\x02]", repeated([...Buffer.from("K\x01\x85a")], 2_500_000), "."),
        "bad-file",
      ],
      ["memo.pickle", () => pickle("\x80\x04]", repeated([0x94], 8_000_000), "."), "bad-file"],
      ["events.mid", () => track(repeated([0, 0x90, 60, 1, 1, 60, 0], 1_400_000)), "midi"],
      [
        "names.mid",
        () => track(repeated([0, 0xff, 3, 1, 65, 0, 0xff, 0x51, 3, 1, 1, 1], 800_000)),
        "midi",
      ],
      [
        "long.mid",
        () =>
          midi([
            Array<number[]>(50)
              .fill([0xff, 0xff, 0xff, 0x7f, 0x90, 60, 1, 0xff, 0xff, 0xff, 0x7f, 60, 0])
              .flat(),
          ]),
        "midi",
      ],
      [
        "channels.wav",
        () => wav(Array<number>(4096).fill(0), { channels: 60_000, frameBytes: 0 }),
        "bad-file",
      ],
      [
        "chunks.wav",
        () => riff(fmt(), ...Array<number[]>(9000).fill(wavChunk("junk", []))),
        "bad-file",
      ],
      ["bomb.zip", () => zip([{ name: "zeros", content: Buffer.alloc(60 * MB) }]), "bad-file"],
      [
        "forged.zip",
        () => zip([{ name: "zeros", content: Buffer.alloc(60 * MB), claims: { size: 1000 } }]),
        "bad-file",
      ],
      [
        "entries.zip",
        () =>
          zip(
            Array.from({ length: 20_000 }, (_, i) => ({
              name: `${i}`,
              content: new Uint8Array(0),
            })),
          ),
        "zip",
      ],
    ];
    const small = () => inspect("small.mid", midi([[]])).peak;

    test.each(cases)("%s", (name, make, kind) => {
      const bytes = make();
      const { peak, kind: found } = inspect(name, bytes);
      const growth = peak - small();
      if (process.env.SHOW_MEMORY)
        console.log(
          `${name}: ${(growth / MB).toFixed(0)} MB for ${(bytes.length / MB).toFixed(2)} MB, ${found}`,
        );
      expect(found).toBe(kind);
      expect(growth).toBeLessThan(64 * MB + 8 * bytes.length);
    });
  },
);
