import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { prepareSpeech, speechSources } from "../../data-prep/speech.js";
import { loadSpeech, speechFile } from "../../lib/data/speech.js";
import { speechBatchOf } from "../../lib/data/speech-batches.js";
import { mirror, withoutMirror } from "../data/mirror.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gated-rnn-speech-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(!mirror)(`the speech presets${withoutMirror}`, () => {
  test.each([
    ["speech-a", 7230, 500, 48],
    ["speech-b", 800, 8000, 798],
  ] as const)("%s has %d sequences of %d samples, %d steps each", async (name, sequences, samples, steps) => {
    const [dataset] = await prepareSpeech([name], { folder, mirror: mirror ?? "" });
    const { counts, checksum } = speechSources[name];
    expect({ train: dataset.train.length, valid: dataset.valid.length, test: dataset.test.length }).toEqual(counts);
    expect(counts.train + counts.valid + counts.test).toBe(sequences);
    expect(dataset).toMatchObject({ kind: "speech", name, sampleRateHz: 8000, checksum });
    const { time, lengths, input, target } = speechBatchOf(dataset.valid.slice(0, 2));
    expect([time, [...lengths], input.width, target.width]).toEqual([steps, [steps, steps], 20, 10]);
    expect(dataset.test[0].read()).toHaveLength(samples);
    expect(loadSpeech(name, { folder }).checksum).toBe(checksum);
  });
});

describe("the speech presets", () => {
  test("cannot be had without mirror and network, and leave no file behind", async () => {
    const empty = join(folder, "empty");
    await expect(prepareSpeech(["speech-a"], { folder: empty, mirror: join(folder, "no-mirror"), offline: true })).rejects.toMatchObject({
      code: "data-missing",
    });
    expect(existsSync(speechFile("speech-a", empty))).toBe(false);
    expect(() => loadSpeech("speech-a", { folder: empty })).toThrow("run gated-rnn data prepare speech-a");
  });

  test("have two names", async () => {
    await expect(prepareSpeech(["speech-c"], { folder, offline: true })).rejects.toThrow(
      "expected one of speech-a, speech-b, got speech-c",
    );
  });
});
