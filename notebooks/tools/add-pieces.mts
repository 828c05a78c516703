// add-pieces.mts FOLDER [--data SET,…]: trains the chosen runs again whose records are of before there were NLLs by test piece, and,
// where the same bits come out, adds the pieces to the record. Goes on where it was stopped: what has its pieces is left alone.

import { parseArgs } from "node:util";
import { cellNamed, defaultEngine, openData, type RunRecord, readRecords, train } from "gated-rnn";
import { chosenRecords, writeRecord } from "gated-rnn/sweep";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { data: { type: "string" } },
});
const [folder] = positionals;
if (folder === undefined || positionals.length > 1) {
  process.stderr.write("add-pieces: expected one folder of records; add-pieces.mts FOLDER\n");
  process.exit(2);
}

const sets = values.data?.split(",");
const lacking = chosenRecords(readRecords(folder)).filter(
  ({ testPieces, configuration: { data } }) => !testPieces && (sets?.includes(data) ?? true),
);
const engine = await defaultEngine();

/** The same run once more; undefined where other bits come out. */
async function again(record: RunRecord): Promise<RunRecord | undefined> {
  const { configuration, results, data, engine: by } = record;
  const dataset = await openData(configuration.data);
  if (dataset.checksum !== data.checksum) return undefined;
  const { data: _, cell, ...settings } = configuration;
  const run = { ...settings, dataset, cell: cellNamed(cell), engine, threads: by.threads };
  const { record: now } = await train(run);
  return JSON.stringify(now.results) === JSON.stringify(results) ? now : undefined;
}

for (const [i, record] of lacking.entries()) {
  const { data, cell, seed } = record.configuration;
  const run = `[${i + 1}/${lacking.length}] ${data} ${cell}, seed ${seed}`;
  const { testPieces } = (await again(record)) ?? {};
  if (testPieces) writeRecord(folder, { ...record, testPieces });
  else process.exitCode = 1;
  console.log(
    testPieces ? `${run}: the same bits, pieces added` : `${run}: OTHER BITS, left alone`,
  );
}
