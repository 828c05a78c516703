import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { musicSources } from "../../data-prep/sources.js";
import { sealedSafetensors } from "../../lib/train/safetensors.js";
import { mirror, withoutMirror } from "../data/mirror.js";
import { newFolder } from "../data-prep/server.js";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const names = ["jsb", "nottingham", "musedata", "piano-midi", "speech-a", "speech-b"];

/** The built command with a data folder of its own and no network. */
function commandIn(folder: string, mirrorFolder = join(folder, "no-mirror")) {
  const env = {
    ...process.env,
    GATED_RNN_DATA: join(folder, "data"),
    GATED_RNN_MIRROR: mirrorFolder,
    GATED_RNN_OFFLINE: "1",
  };
  return (...args: string[]) => {
    const run = spawnSync(join(root, "node_modules", ".bin", "gated-rnn"), args, {
      cwd: folder,
      env,
      encoding: "utf8",
    });
    return {
      code: run.status,
      out: run.stdout,
      err: run.stderr,
      json: () => JSON.parse(run.stdout.trim().split("\n").at(-1) as string),
    };
  };
}

describe("gated-rnn data", () => {
  it("lists all sets, what to do about those that are missing, and every licence", () => {
    const gatedRnn = commandIn(newFolder());
    const { code, out } = gatedRnn("data");
    expect(code).toBe(0);
    for (const name of names) expect(out).toContain(`run gated-rnn data prepare ${name}`);
    for (const { licence } of Object.values(musicSources)) expect(out).toContain(licence);
    const { sets } = gatedRnn("data", "--json").json();
    expect(sets.map((s: { name: string; prepared: boolean }) => [s.name, s.prepared])).toEqual(
      names.map((name) => [name, false]),
    );
  });

  it("tells in one line that a set cannot be had, and a mistaken name", () => {
    const gatedRnn = commandIn(newFolder());
    const missing = gatedRnn("data", "prepare", "jsb");
    expect(missing.err).toMatch(
      /^gated-rnn: jsb: expected one of its files, got none .*set GATED_RNN_MIRROR to a folder.*\n$/,
    );
    expect(missing.code).not.toBe(0);
    const mistaken = gatedRnn("data", "prepare", "bach");
    expect(mistaken.err).toBe(
      "gated-rnn: data: expected one of jsb, nottingham, musedata, piano-midi, speech-a, speech-b, got bach\n",
    );
    expect(mistaken.code).toBe(2);
    expect(gatedRnn("data", "bach")).toMatchObject({ code: 2, out: "" });
    expect(gatedRnn("data", "verify", "jsb")).toMatchObject({
      code: 1,
      out: expect.stringContaining("✗ jsb"),
    });
  });

  it.skipIf(process.platform !== "linux")(
    "tells for music and speech alike that its folder cannot be made, and blames no host",
    () => {
      const env = { ...process.env, GATED_RNN_DATA: "/proc/x", GATED_RNN_OFFLINE: "" };
      const command = join(root, "node_modules", ".bin", "gated-rnn");
      for (const set of ["jsb", "speech-a"])
        expect(
          spawnSync(command, ["data", "prepare", set], { env, encoding: "utf8" }).stderr,
        ).toMatch(
          /^gated-rnn: \/proc\/x\/\S+ expected a folder that can be written, got \/proc, .*\n$/,
        );
    },
  );

  it.skipIf(!mirror)(
    `fetches, prepares and verifies a set, and sees damage${withoutMirror}`,
    () => {
      const folder = newFolder();
      const gatedRnn = commandIn(folder, mirror as string);
      const { checksum, counts, files } = musicSources.jsb;
      expect(gatedRnn("data", "fetch", "jsb", "--json").json().fetched).toMatchObject([
        { name: "jsb", sha256: files[0].sha256 },
      ]);
      expect(gatedRnn("data", "prepare", "jsb", "jsb", "--json").json().prepared).toMatchObject([
        { name: "jsb", checksum },
      ]);
      expect(gatedRnn("data", "verify", "jsb")).toMatchObject({
        code: 0,
        out: `✓ jsb ${checksum}\n`,
      });
      expect(gatedRnn("data", "--json").json().sets[0]).toMatchObject({
        name: "jsb",
        prepared: true,
        checksum,
        counts,
      });
      const file = join(folder, "data", "prepared", "jsb.json.gz");
      writeFileSync(file, readFileSync(file).subarray(0, 1000));
      const damaged = gatedRnn("data", "verify", "jsb", "--json");
      expect(damaged.code).toBe(1);
      expect(damaged.json().sets[0]).toMatchObject({
        prepared: false,
        problem: expect.stringContaining("jsb.json.gz: expected a prepared set"),
      });
      expect(gatedRnn("data", "prepare", "jsb").code).toBe(0);
      expect(gatedRnn("data", "verify", "jsb").code).toBe(0);
    },
  );
});

describe("gated-rnn inspect", () => {
  it.skipIf(!mirror)(
    `tells what is in a MATLAB file, and refuses the half of one${withoutMirror}`,
    () => {
      const folder = newFolder();
      const gatedRnn = commandIn(folder);
      const whole = join(mirror as string, "music", "JSB_Chorales.mat");
      const { code, json } = gatedRnn("inspect", whole, "--json");
      expect(code).toBe(0);
      const variables = ["traindata", "validdata", "testdata"].map((name) => ({
        name,
        kind: "cells",
      }));
      expect(json()).toMatchObject({
        kind: "mat",
        variables,
        splits: musicSources.jsb.counts,
        checksum: musicSources.jsb.checksum,
      });
      const half = join(folder, "half.mat");
      writeFileSync(half, readFileSync(whole).subarray(0, 50_000));
      const refused = gatedRnn("inspect", half, "--json");
      expect(refused.code).toBe(1);
      expect(refused.json().error).toMatchObject({
        code: "bad-file",
        message: expect.stringMatching(/half\.mat: at byte \d+: /),
      });
      expect(refused.err).toBe("");
      expect(gatedRnn("inspect", half)).toMatchObject({
        code: 1,
        out: "",
        err: expect.stringMatching(/^gated-rnn: .*half\.mat: at byte.*\n$/),
      });
    },
  );

  it("tells what is in a file of weights, and refuses a damaged one", () => {
    const folder = newFolder();
    const gatedRnn = commandIn(folder);
    const tensors = new Map([
      ["W", { shape: [2, 2], values: Float32Array.of(-0.5, 0, Number.NaN, 0.25) }],
      ["b", { shape: [0], values: new Float32Array(0) }],
    ]);
    const bytes = sealedSafetensors({ tensors, metadata: { from: "x".repeat(200) } });
    writeFileSync(join(folder, "some.safetensors"), bytes);
    const { code, out } = gatedRnn("inspect", "some.safetensors");
    expect(code).toBe(0);
    expect(out).toContain("2 tensors of 4 float32 numbers");
    expect(out).toContain("W  [2, 2]  -0.500 to 0.250, 1 not finite");
    expect(out).toContain("b  [0]     no finite number");
    expect(out).toMatch(/from: x{100}… /);
    expect(gatedRnn("inspect", "some.safetensors", "--json").json()).toMatchObject({
      kind: "safetensors",
      bytes: bytes.length,
      tensors: [
        { name: "W", shape: [2, 2], least: -0.5, most: 0.25, notFinite: 1 },
        { name: "b", shape: [0], least: null, most: null, notFinite: 0 },
      ],
      metadata: { from: "x".repeat(200) },
    });
    writeFileSync(join(folder, "half.safetensors"), bytes.subarray(0, bytes.length - 4));
    expect(gatedRnn("inspect", "half.safetensors")).toMatchObject({ code: 1, out: "" });
  });

  it("tells a file of no known kind from one that is not there", () => {
    const gatedRnn = commandIn(root);
    expect(gatedRnn("inspect", "package.json", "--json")).toMatchObject({
      code: 1,
      out: expect.stringContaining('"code":"bad-file"'),
    });
    expect(gatedRnn("inspect", "nothing.mat")).toMatchObject({
      code: 2,
      err: "gated-rnn: nothing.mat: expected a file to read, got ENOENT\n",
    });
    expect(gatedRnn("inspect", "lib/cells").code).toBe(2);
  });
});
