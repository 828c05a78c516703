import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import type { RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fetchSpokenDigits, prepareSpeech, speechSources } from "../../data-prep/speech.js";
import { loadSpeech, speechFile } from "../../lib/data/speech.js";
import { speechBatchOf } from "../../lib/data/speech-batches.js";
import { mirror, withoutMirror } from "../data/mirror.js";
import { zip } from "../data/zip-bytes.js";
import { serve } from "./server.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gated-rnn-speech-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(!mirror)(`the speech presets${withoutMirror}`, () => {
  test.each([
    ["speech-a", 7230, 500, 48],
    ["speech-b", 800, 8000, 798],
  ] as const)(
    "%s has %d sequences of %d samples, %d steps each",
    async (name, sequences, samples, steps) => {
      const [dataset] = await prepareSpeech([name], { folder, mirror: mirror ?? "" });
      const { counts, checksum } = speechSources[name];
      expect({
        train: dataset.train.length,
        valid: dataset.valid.length,
        test: dataset.test.length,
      }).toEqual(counts);
      expect(counts.train + counts.valid + counts.test).toBe(sequences);
      expect(dataset).toMatchObject({ kind: "speech", name, sampleRateHz: 8000, checksum });
      const { time, lengths, input, target } = speechBatchOf(dataset.valid.slice(0, 2));
      expect([time, [...lengths], input.width, target.width]).toEqual([
        steps,
        [steps, steps],
        20,
        10,
      ]);
      expect(dataset.test[0].read()).toHaveLength(samples);
      expect(loadSpeech(name, { folder }).checksum).toBe(checksum);
    },
  );
});

describe("the speech presets", () => {
  test("cannot be had without mirror and network, and leave no file behind", async () => {
    const empty = join(folder, "empty");
    await expect(
      prepareSpeech(["speech-a"], {
        folder: empty,
        mirror: join(folder, "no-mirror"),
        offline: true,
      }),
    ).rejects.toMatchObject({
      code: "data-missing",
    });
    expect(existsSync(speechFile("speech-a", empty))).toBe(false);
    expect(() => loadSpeech("speech-a", { folder: empty })).toThrow(
      "run gated-rnn data prepare speech-a",
    );
  });

  test("have two names", async () => {
    await expect(prepareSpeech(["speech-c"], { folder, offline: true })).rejects.toThrow(
      "expected one of speech-a, speech-b, got speech-c",
    );
  });
});

describe("the archive that GitHub packs", () => {
  const other = zip([{ name: "recordings/0_george_0.wav", content: Buffer.from("RIFF") }]);
  const failures: [string, RequestListener, RegExp][] = [
    [
      "holds other recordings",
      (_, answer) => answer.end(other),
      /expected recordings with checksum 22eed2aa\w+, got \w+/,
    ],
    [
      "is cut off",
      (_, answer) => answer.end(other.slice(0, -9)),
      /expected recordings with checksum .* expected a zip archive/,
    ],
    [
      "is a page instead",
      (_, answer) => answer.end("<html>Sign in</html>"),
      /expected recordings with checksum .* expected a zip archive/,
    ],
    ["is not there", (_, answer) => answer.writeHead(404).end(), /HTTP 404; set GATED_RNN_MIRROR/],
    [
      "is redirected for ever",
      (_, answer) => answer.writeHead(302, { location: "/again" }).end(),
      /redirect count exceeded/,
    ],
    [
      "breaks off",
      (request, answer) => {
        answer.writeHead(200, { "content-length": 5000 }).write("PK");
        setTimeout(() => request.socket.destroy(), 50);
      },
      /speech\/fsdd-github\.zip: 127\.0\.0\.1:\d+: /,
    ],
    ["stops coming", (_, answer) => answer.writeHead(200).write("PK"), /no data for 0.2 s/],
  ];
  test.each(failures)(
    "is refused when it %s, and nothing is left",
    async (name, listener, message) => {
      const server = await serve(listener);
      const data = join(folder, name);
      mkdirSync(data);
      const fetching = fetchSpokenDigits(
        { folder: data, mirror: join(folder, "no-mirror"), offline: false, stallMs: 200 },
        server.address,
      );
      await expect(fetching).rejects.toMatchObject({
        code: "download",
        message: expect.stringMatching(message),
      });
      expect(readdirSync(join(data, "sources", "speech"))).toEqual([]);
      await server.close();
    },
  );

  test.skipIf(!mirror)(
    `is taken when the recordings in it are the right ones, and not fetched again${withoutMirror}`,
    async () => {
      const packed = readFileSync(join(mirror ?? "", "speech", "fsdd.zip"));
      const server = await serve((_, answer) => answer.end(packed));
      const options = {
        folder: join(folder, "github"),
        mirror: join(folder, "no-mirror"),
        offline: false,
      };
      const file = await fetchSpokenDigits(options, server.address);
      expect(readFileSync(file).equals(packed)).toBe(true);
      expect(await fetchSpokenDigits(options, server.address)).toBe(file);
      expect(server.ranges).toHaveLength(1);
      await server.close();
    },
  );
});
