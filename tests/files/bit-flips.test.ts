import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { gru } from "../../lib/cells/gru.js";
import { datasetChecksum } from "../../lib/data/checksum.js";
import { splits } from "../../lib/data/dataset.js";
import { preparedBytes, readPrepared } from "../../lib/data/prepared-file.js";
import { openSamples } from "../../lib/data/samples-file.js";
import { speechFromWavs } from "../../lib/data/speech-corpus.js";
import { syntheticChorales } from "../../lib/data/synthetic.js";
import { wavBytes } from "../../lib/data/wav-out.js";
import { GatedRnnError } from "../../lib/errors.js";
import { model } from "../../lib/model/model.js";
import { bernoulli } from "../../lib/outputs/index.js";
import { generator } from "../../lib/random/generator.js";
import { sweepData } from "../../lib/sweep/data.js";
import { groupsOf } from "../../lib/sweep/plan.js";
import {
  readStatus,
  readSummary,
  statusFile,
  summaryFile,
  writeStatus,
  writeSummary,
} from "../../lib/sweep/results-folder.js";
import { statusOf } from "../../lib/sweep/status.js";
import { summarise } from "../../lib/sweep/summary.js";
import { readCheckpoint } from "../../lib/train/checkpoint.js";
import { readRecord, writeRecord } from "../../lib/train/record-file.js";
import { train } from "../../lib/train/train.js";
import { readWeights, writeWeights } from "../../lib/train/weights.js";

// Every format that the project writes and reads again. The long run: FLIPS=2000 npx vitest run tests/files/bit-flips.test.ts
const flips = Number(process.env.FLIPS ?? 300);

const folder = mkdtempSync(join(tmpdir(), "gated-rnn-flips-"));
const at = (name: string) => join(folder, name);
let id = "";

beforeAll(async () => {
  const chorales = syntheticChorales();
  const [training, valid, test] = splits.map((split) => chorales[split].slice(0, 6));
  const dataset = { ...chorales, train: training, valid, test };
  const options = { checkpoint: at("checkpoint"), checkpointSeconds: 0 };
  const run = await train({ dataset, cell: gru, hiddenSize: 3, epochs: 2, ...options });
  id = run.record.id;
  writeRecord(folder, run.record);
  writeWeights(at("weights"), { ...run, data: "synthetic", run: id });

  const search = { data: ["synthetic"], cells: ["gru"], learningRates: 1, seed: 1, seeds: 1 };
  const plan = { ...search, run: {}, medianRule: false };
  const groups = await groupsOf(plan, sweepData({}));
  const records = new Map(groups.map(({ candidates }) => [candidates[0].id, run.record]));
  writeSummary(folder, summarise(plan, groups, records, []));
  const dead = [{ run: id, problem: "none" }];
  writeStatus(folder, statusOf("running", groups, records, [], dead));

  const sets = { train: training, valid, test };
  const about = { name: "x", checksum: datasetChecksum(sets), source: { path: "y", sha256: "z" } };
  writeFileSync(at("prepared"), preparedBytes({ ...about, ...sets }));
  mkdirSync(at("tones"));
  const tone = (k: number) => Float32Array.from({ length: 300 }, (_, t) => Math.sin(t * (k + 1)));
  for (let k = 0; k < 3; k++) writeFileSync(at(`tones/${k}.wav`), wavBytes([tone(k)], 8000));
  await speechFromWavs(at("tones"), at("samples"), {
    name: "tones",
    sequenceSamples: 100,
    split: (file) => splits[Number.parseInt(file.split("/").at(-1) as string, 10)],
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

function samplesOf(file: string): unknown {
  const { train: training, valid, test, ...rest } = openSamples(file);
  return [rest, ...[training, valid, test].map((split) => split.map((w) => [w.name, w.read()]))];
}

const small = model(gru, 88, 3, bernoulli(88));
const formats: Readonly<Record<string, [() => string, (file: string) => unknown]>> = {
  checkpoint: [() => at("checkpoint"), (file) => readCheckpoint(file, small, id)],
  record: [() => at(`synthetic-gru-${id}.json`), readRecord],
  weights: [() => at("weights"), (file) => readWeights(file)],
  summary: [() => summaryFile(folder), readSummary],
  status: [() => statusFile(folder), readStatus],
  "prepared music": [() => at("prepared"), readPrepared],
  "prepared speech": [() => at("samples"), samplesOf],
};

it.each(Object.entries(formats))(
  "a flipped bit of a %s is noticed in one line that names the file, or changes nothing",
  (_, [path, read]) => {
    const bytes = readFileSync(path());
    const good = read(path());
    const random = generator(1412, "bit flips");
    const flipped = at("flipped");
    let noticed = 0;
    for (let i = 0; i < flips; i++) {
      const place = random.integer(bytes.length);
      const damaged = Buffer.from(bytes);
      damaged[place] ^= 1 << random.integer(8);
      writeFileSync(flipped, damaged);
      let found: unknown;
      try {
        found = read(flipped);
      } catch (error) {
        noticed += 1;
        expect(error, `byte ${place}`).toBeInstanceOf(GatedRnnError);
        expect((error as Error).message).toMatch(/^[^\n]*flipped[^\n]*$/);
        continue;
      }
      expect(found, `byte ${place}`).toEqual(good);
    }
    expect(noticed).toBeGreaterThan(flips / 2);
    if (process.env.FLIPS) console.log(`${flips} flips: ${noticed} noticed, the rest harmless`);
  },
);
