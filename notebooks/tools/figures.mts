// The pictures and tables that stand in the README and the docs, drawn from the committed records: npm run figures
// → notebooks/results/*.svg, *.md, and the blocks of README.md and docs/ between <!-- NAME --> and <!-- /NAME -->.
// With --check nothing is written: exit code 1 when something is not what the records give.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { paperCells, type RunRecord, readRecords } from "gated-rnn";
import {
  atPace,
  commandsBeyond,
  curvePanels,
  edgeTable,
  paperTable,
  ratePicture,
  readPaces,
  table2,
  table2Picture,
  tableMarkdown,
  toSvg,
  verdictTable,
} from "gated-rnn/show";
import { isComparable, searches } from "gated-rnn/sweep";
import { root } from "./jupyter.mts";

const results = join("notebooks", "results");
const read = (folder: string) =>
  existsSync(join(root, results, folder)) ? readRecords(join(root, results, folder)) : [];
const withNoise = (folder: string) =>
  read(folder).filter((record) => record.configuration.weightNoise > 0);
const ours = withNoise("music");
const authors = withNoise("music-authors");
const music = [...ours, ...authors];
const speech = withNoise("speech");
/** By the authors' protocol at the learning rate of their published files, for every unit. */
const published = read("published-rate");

const paces = readPaces(join(root, "docs", "bench", "paces.json"));

const check = process.argv.includes("--check");

async function write(file: string, drawn: string | Promise<string>): Promise<void> {
  const contents = await drawn;
  const place = join(root, file);
  if (!check) writeFileSync(place, contents);
  else if (!existsSync(place) || readFileSync(place, "utf8") !== contents) {
    process.exitCode = 1;
    console.error(
      `${file}: expected what the records give, got something else; npm run figures draws it anew`,
    );
    return;
  }
  console.log(`${check ? "as the records have it" : "written"}: ${file}`);
}

/** The file with one of its blocks made anew. */
async function writeBlock(file: string, name: string, contents: string): Promise<void> {
  const text = readFileSync(join(root, file), "utf8");
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${file}: expected ${begin} … ${end}, got none`);
  await write(file, `${text.slice(0, from + begin.length)}\n\n${contents}\n\n${text.slice(to)}`);
}

/** The paper's two sets, or, where a protocol has none of them yet, those that it has. */
function panelsOf(records: readonly RunRecord[], wanted: readonly string[]) {
  const found = searches(records).filter(isComparable);
  const having = paperTable.map(({ data }) => data).filter((d) => found.some((s) => s.data === d));
  const sets = having.some((data) => wanted.includes(data))
    ? having.filter((data) => wanted.includes(data))
    : having;
  return sets.slice(0, 2).map((data, k) => {
    const runs = found
      .filter(
        (search) => search.data === data && paperCells.some(({ name }) => name === search.cell),
      )
      .flatMap(({ chosen }) => chosen);
    return { title: `(${"ab"[k]}) ${runs[0].data.title}`, runs: atPace(runs, paces) };
  });
}

async function figure(name: string, records: readonly RunRecord[], sets: string[], title: string) {
  const panels = panelsOf(records, sets);
  if (panels.length > 0) await write(join(results, name), toSvg(curvePanels(panels, { title })));
}

await write(join(results, "table-2.svg"), toSvg(table2Picture(music)));
await write(join(results, "table-2.md"), `${tableMarkdown(table2([...music, ...speech]))}\n`);
const figure2 = ["nottingham", "musedata"];
const speechSets = ["speech-a", "speech-b"];
await figure("figure-2.svg", ours, figure2, "Figure 2: learning curves on music, our protocol");
await figure(
  "figure-2-authors.svg",
  authors,
  figure2,
  "Figure 2: learning curves on music, the authors' protocol",
);
await figure("figure-3.svg", speech, speechSets, "Figure 3: learning curves on speech");
await write(
  join(results, "rates-authors.svg"),
  toSvg(ratePicture([...authors, ...published], { protocol: "authors", mark: 0.001 })),
);
const besides = [{ title: "authors', all at 0.001", records: published }];
const { notes, ...verdicts } = verdictTable(music, { intervals: false, besides });
await writeBlock("README.md", "verdicts", tableMarkdown({ ...verdicts, notes: notes.slice(1) }));

/** A long command over several lines. */
const broken = (command: string) => command.replaceAll(/ (?=--(?:rates|epochs|out))/g, " \\\n  ");
const all = [...music, ...speech];
const beyond = read("beyond");
const commands = commandsBeyond(all, beyond).map((command) => broken(`npx ${command}`));
await writeBlock(
  join("docs", "reproduction.md"),
  "edges",
  [
    tableMarkdown(edgeTable(all, beyond)),
    ...(commands.length > 0 ? [`\`\`\`sh\n${commands.join("\n")}\n\`\`\``] : []),
  ].join("\n\n"),
);
