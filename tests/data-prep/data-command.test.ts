import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { speechSources } from "../../data-prep/speech.js";
import { mirror, withoutMirror } from "../data/mirror.js";

const program = fileURLToPath(new URL("../../lib/bin/gated-rnn.cjs", import.meta.url));
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gated-rnn-data-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function data(...args: string[]) {
  const env = {
    ...process.env,
    GATED_RNN_DATA: folder,
    GATED_RNN_MIRROR: mirror ?? join(folder, "none"),
    GATED_RNN_OFFLINE: "1",
  };
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [program, "data", ...args, "--json"],
    { env, encoding: "utf8" },
  );
  return {
    code: status,
    errors: stderr,
    json: () =>
      JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as {
        sets: { name: string; prepared: boolean }[];
      },
  };
}

describe.skipIf(!mirror)(`gated-rnn data${withoutMirror}`, () => {
  test("prepares a speech set, verifies it, and notices when a sample changes", () => {
    expect(data("prepare", "speech-a").code).toBe(0);
    const whole = data("verify", "speech-a");
    expect(whole.code).toBe(0);
    expect(whole.json().sets).toMatchObject([
      {
        name: "speech-a",
        prepared: true,
        checksum: speechSources["speech-a"].checksum,
        counts: { train: { sequences: 5784, samples: 2_892_000 } },
      },
    ]);
    const file = join(folder, "prepared", "speech-a.samples");
    const bytes = readFileSync(file);
    bytes[1_000_000] ^= 1;
    writeFileSync(file, bytes);
    const changed = data("verify", "speech-a");
    expect(changed.code).toBe(1);
    expect(changed.json().sets).toMatchObject([
      { prepared: false, problem: expect.stringContaining("run gated-rnn data prepare speech-a") },
    ]);
  });

  test("lists all six sets, and refuses other names in one line", () => {
    expect(
      data()
        .json()
        .sets.map(({ name }) => name),
    ).toEqual(["jsb", "nottingham", "musedata", "piano-midi", "speech-a", "speech-b"]);
    expect(data("prepare", "speech-c")).toMatchObject({
      code: 2,
      errors:
        "gated-rnn: data: expected one of jsb, nottingham, musedata, piano-midi, speech-a, speech-b, got speech-c\n",
    });
  });
});
