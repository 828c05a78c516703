// The pictures that open the README, drawn from the committed records: npm run figures → notebooks/results/*.svg
// With --check nothing is written: exit code 1 when a picture is not what the records give.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readRecords } from "gated-rnn";
import { learningCurves, table2, table2Picture, tableMarkdown, toSvg } from "gated-rnn/show";
import { chosenRecords } from "gated-rnn/sweep";
import { root } from "./jupyter.mts";

const results = join(root, "notebooks", "results");
const withNoise = (folder: string) =>
  readRecords(join(results, folder)).filter((record) => record.configuration.weightNoise > 0);
const music = withNoise("music");
const speech = withNoise("speech");

const check = process.argv.includes("--check");

async function write(name: string, drawn: string | Promise<string>): Promise<void> {
  const file = join(results, name);
  const contents = await drawn;
  if (!check) writeFileSync(file, contents);
  else if (!existsSync(file) || readFileSync(file, "utf8") !== contents) {
    process.exitCode = 1;
    console.error(
      `${name}: expected what the records give, got something else; npm run figures draws it anew`,
    );
    return;
  }
  console.log(
    `${check ? "as the records have it" : "written"}: ${join("notebooks", "results", name)}`,
  );
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
