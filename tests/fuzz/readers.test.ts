import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { pianoRollsFromMat } from "../../lib/data/mat-music.js";
import { readMidi } from "../../lib/data/midi.js";
import { midiContents } from "../../lib/data/midi-contents.js";
import { pianoRollsFromMidi } from "../../lib/data/midi-roll.js";
import { pianoRollsFromPickle } from "../../lib/data/pickle-music.js";
import { wavInMemory } from "../../lib/data/wav.js";
import { wavContents } from "../../lib/data/wav-contents.js";
import { zipContents } from "../../lib/data/zip-contents.js";
import { BadFileError } from "../../lib/errors.js";
import { damaged, damageKinds } from "./damage.js";
import { seeds } from "./seeds.js";

// A short fuzz as part of the tests. A long one: FUZZ_CASES=1000000 FUZZ_SEED=7 npx vitest run tests/fuzz, or for as long as
// there is time: FUZZ_SECONDS=600, which tells how far it came
const seconds = Number(process.env.FUZZ_SECONDS ?? 0);
const cases = Number(process.env.FUZZ_CASES ?? 2000);
const seed = Number(process.env.FUZZ_SEED ?? 1412);
const HOURS = 3_600_000;

const readers: { readonly [kind in keyof typeof seeds]: (bytes: Uint8Array) => unknown } = {
  midi: (bytes) => {
    const midi = readMidi(bytes, "x");
    const options =
      "ticksPerQuarter" in midi.header.time ? { stepsPerQuarter: 4 } : { stepSeconds: 0.1 };
    pianoRollsFromMidi(midi, "x", { ...options, transpose: "auto" });
    return [...midiContents(bytes, "x").notes()];
  },
  wav: (bytes) => {
    const reader = wavInMemory(bytes, "x");
    const samples = reader.read(0, reader.frames);
    expect(samples.length).toBe(reader.format.channels);
    return wavContents(reader);
  },
  mat: (bytes) => pianoRollsFromMat(bytes, "x"),
  pickle: (bytes) => pianoRollsFromPickle(bytes, "x"),
  zip: (bytes) => zipContents({ bytes, file: "x" }),
};

const damage = fc.record({
  kind: fc.constantFrom(...damageKinds),
  at: fc.nat(1 << 16),
  from: fc.nat(1 << 16),
  size: fc.nat(255),
  value: fc.nat(255),
});

describe.each(Object.keys(readers) as (keyof typeof readers)[])(
  `of ${cases} damaged files (seed ${seed}), the reader of %s`,
  (kind) => {
    const read = readers[kind];
    const counts = { value: 0, refused: 0 };

    test.each(seeds[kind].map((file, i) => [i, file] as const))(
      "reads sound file %d",
      async (_, file) => {
        await expect(Promise.resolve(read(file))).resolves.toBeDefined();
      },
    );

    test(
      "ends with a value or a typed error that names the place",
      async () => {
        const property = fc.asyncProperty(
          fc.constantFrom(...seeds[kind]),
          fc.array(damage, { minLength: 1, maxLength: 5 }),
          async (file, steps) => {
            const bytes = damaged(file, steps);
            try {
              await read(bytes);
              counts.value++;
            } catch (error) {
              if (!(error instanceof BadFileError)) throw error;
              if (
                !(
                  error.offset >= 0 &&
                  /^x( track \d+)?: at byte /.test(error.message) &&
                  error.message.length < 500
                )
              )
                throw error;
              counts.refused++;
            }
          },
        );
        const limit = seconds > 0 ? { interruptAfterTimeLimit: 1000 * seconds } : {};
        await fc.assert(property, { numRuns: cases, seed, ...limit });
        if (seconds === 0) expect(counts.value + counts.refused).toBe(cases);
        expect(Math.min(counts.value, counts.refused)).toBeGreaterThan(0);
      },
      HOURS,
    );

    afterAll(() => {
      if (cases > 10_000)
        console.log(
          `${kind}: ${counts.value} read, ${counts.refused} refused, peak ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`,
        );
    });
  },
);
