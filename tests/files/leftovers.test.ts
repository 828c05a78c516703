import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { prepareMusic } from "../../data-prep/prepare.js";
import { preparedFile } from "../../lib/data/music-sets.js";
import { speechFromWavs } from "../../lib/data/speech-corpus.js";
import { wavBytes } from "../../lib/data/wav-out.js";
import { removeLeftovers } from "../../lib/files/leftovers.js";
import { mirror, withoutMirror } from "../data/mirror.js";

/** The number of a process that has ended. */
const dead = Number(
  spawnSync(process.execPath, ["-p", "process.pid"], { encoding: "utf8" }).stdout,
);
const newFolder = () => mkdtempSync(join(tmpdir(), "gated-rnn-leftovers-"));

function leave(folder: string, ...names: string[]): void {
  mkdirSync(folder, { recursive: true });
  for (const name of names) writeFileSync(join(folder, name), "half");
}

describe("what killed processes have left", () => {
  test("goes, and what belongs to a running one, or to nobody, stays", () => {
    const folder = newFolder();
    const stays = [`a.${process.pid}.part`, "set.mat.part", "b.part.zip", "c.0.part", "1234.mid"];
    leave(
      folder,
      ...stays,
      `a.${dead}.part`,
      `a.${dead}.tmp`,
      `b.${dead}.part.zip`,
      `c.copy-${dead}`,
    );
    mkdirSync(join(folder, `d.${dead}.part`));
    removeLeftovers(folder);
    expect(readdirSync(folder).sort()).toEqual([...stays, `d.${dead}.part`].sort());
    expect(() => removeLeftovers(join(folder, "nowhere"))).not.toThrow();
  });

  test("goes when a folder of WAV files is prepared again", async () => {
    const folder = newFolder();
    const sound = (at: number) => Float32Array.from({ length: 40 }, (_, i) => Math.sin(at + i * i));
    for (const [i, split] of ["train", "valid", "test"].entries()) {
      mkdirSync(join(folder, "wav", split), { recursive: true });
      writeFileSync(join(folder, "wav", split, "a.wav"), wavBytes([sound(i)], 8000));
    }
    leave(join(folder, "prepared"), `x.samples.${dead}.part`);
    const out = join(folder, "prepared", "x.samples");
    await speechFromWavs(join(folder, "wav"), out, { name: "x", sequenceSamples: 40 });
    expect(readdirSync(dirname(out))).toEqual(["x.samples"]);
  });

  test.skipIf(!mirror)(`goes when music is prepared again${withoutMirror}`, async () => {
    const folder = newFolder();
    const prepared = dirname(preparedFile("jsb", folder));
    leave(prepared, `jsb.json.gz.${dead}.part`, `jsb.json.gz.${dead}.tmp`);
    leave(join(folder, "sources", "music"), `JSB_Chorales.mat.copy-${dead}`);
    await prepareMusic(["jsb"], { folder, mirror: mirror as string, offline: true });
    expect(readdirSync(prepared)).toEqual(["jsb.json.gz"]);
    expect(readdirSync(join(folder, "sources", "music"))).toEqual(["JSB_Chorales.mat"]);
  });
});
