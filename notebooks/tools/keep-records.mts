// keep-records.mts FROM TO: the finished records of a sweep's folder, with curves short enough for git, to a folder of committed ones.
// A sweep may still be writing: records are renamed into place whole. The same command again brings what has come since.

import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import {
  filterRecords,
  readRecord,
  readRecords,
  recordFile,
  shortPoint,
  writeRecord,
} from "gated-rnn/sweep";

const usage = `npm run keep -- FROM TO [options]
  FROM           a folder of records, such as a sweep's --out
  TO             where they are kept, such as notebooks/results/music-authors
  --data NAMES   only these data sets, parted by commas
  --cells NAMES  only these cells, parted by commas
  --help
Runs that were stopped are left out. Then: npm run figures, and npm run notebooks -- run --save 04 05 06 07
`;

function argumentsGiven() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { data: { type: "string" }, cells: { type: "string" }, help: { type: "boolean" } },
    });
  } catch (error) {
    process.stderr.write(`keep: ${(error as Error).message.split(". ")[0]}; see --help\n`);
    return process.exit(2);
  }
}

const { positionals, values } = argumentsGiven();
if (values.help) {
  process.stdout.write(usage);
  process.exit(0);
}
const [from, to] = positionals;
if (to === undefined || positionals.length > 2) {
  process.stderr.write(
    `keep: expected FROM and TO, got ${positionals.length} folders; see --help\n`,
  );
  process.exit(2);
}

const names = (text: string | undefined) => text?.split(",");
const [data, cells] = [names(values.data), names(values.cells)];
try {
  const ended = filterRecords(
    readRecords(from, { onBad: ({ message }) => console.error(message) }),
    {
      ...(data ? { data } : {}),
      ...(cells ? { cells } : {}),
      status: ["finished", "failed", "pruned"],
    },
  );
  const isNew = (record: (typeof ended)[number]) => {
    const file = recordFile(to, record);
    return !existsSync(file) || readRecord(file).status !== record.status;
  };
  const fresh = ended.filter(isNew);
  for (const record of fresh) writeRecord(to, { ...record, curve: record.curve.map(shortPoint) });
  console.log(`${fresh.length} new, ${ended.length - fresh.length} kept before: ${to}`);
} catch (error) {
  process.stderr.write(`keep: ${(error as Error).message}\n`);
  process.exit(1);
}
