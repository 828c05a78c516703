// The pictures that open the README, drawn from the committed records: npm run figures → notebooks/results/*.svg
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { root } from "./jupyter.mts";

const library = createRequire(import.meta.url)("gated-rnn") as typeof import("gated-rnn");
const { chosenRecords, learningCurves, readRecords, table2, table2Picture, tableMarkdown, toSvg } = library;

const results = join(root, "notebooks", "results");
const withNoise = (folder: string) => readRecords(join(results, folder)).filter((record) => record.configuration.weightNoise > 0);
const music = withNoise("music");
const speech = withNoise("speech");

async function write(name: string, contents: string | Promise<string>): Promise<void> {
  writeFileSync(join(results, name), await contents);
  console.log(`written: ${join("notebooks", "results", name)}`);
}

await write("table-2.svg", toSvg(table2Picture(music)));
await write("table-2.md", `${tableMarkdown(table2([...music, ...speech]))}\n`);
for (const [figure, records, sets] of [
  ["figure-2", music, ["nottingham", "musedata"]],
  ["figure-3", speech, ["speech-a", "speech-b"]],
] as const)
  for (const set of sets)
    for (const x of ["epoch", "seconds"] as const) {
      const runs = chosenRecords(records).filter((record) => record.configuration.data === set);
      await write(`${figure}-${set}-${x}.svg`, toSvg(learningCurves(runs, { x })));
    }
