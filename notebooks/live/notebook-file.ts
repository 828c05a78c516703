import { type Experiment, trainSettings } from "./experiment.ts";
import { expressionOf } from "./own-cell.ts";
import type { Race } from "./race.ts";

/** A cell of a notebook, as nbformat 4.5 has it. */
interface NotebookCell {
  readonly cell_type: "markdown" | "code";
  readonly id: string;
  readonly metadata: Readonly<Record<string, never>>;
  readonly source: string;
  readonly execution_count?: null;
  readonly outputs?: readonly never[];
}

/** The experiment as a notebook of the project, which trains the same runs in Node, to the same bits. */
export function notebookOf(experiment: Experiment, address: string): string {
  const cells = [
    text(
      "about",
      `# From “Train it here”\n\nThe experiment of [this address](${address}), for the folder \`notebooks\` of the project: \`npm run lab\`.`,
    ),
    code("units", unitsCode(experiment)),
    code("train", trainCode(experiment)),
    code("curves", curvesCode),
  ];
  const kernelspec = { display_name: "TypeScript", language: "typescript", name: "tslab" };
  const metadata = { kernelspec, language_info: { name: "typescript" } };
  return `${JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 }, null, 1)}\n`;
}

const text = (id: string, source: string): NotebookCell => ({
  cell_type: "markdown",
  id,
  metadata: {},
  source,
});

const code = (id: string, source: string): NotebookCell => ({
  cell_type: "code",
  id,
  metadata: {},
  source,
  execution_count: null,
  outputs: [],
});

function unitsCode({ units, forgetBias, source, data, dataSeed }: Experiment): string {
  const own = expressionOf(source).trim();
  const expression = (name: string) => {
    if (name === "mine") return "mine";
    if (name === "lstm" && forgetBias !== 0) return `lstmWithForgetBias(${forgetBias})`;
    return `cellNamed(${JSON.stringify(name)})`;
  };
  const dataset = {
    synthetic: `syntheticChorales(${dataSeed})`,
    jsb: 'await openMusic("jsb")',
    own: '(await musicFromMidiFolder("FOLDER-OF-YOUR-MIDI-FILES", { stepsPerQuarter: 2 })).dataset',
  }[data];
  return [
    'import { cell, cellNamed, gru, lstm, openMusic, stack, tanh } from "gated-rnn";',
    'import { lstmWithForgetBias, syntheticChorales } from "gated-rnn/browser";',
    'import { musicFromMidiFolder } from "gated-rnn/data";',
    "",
    ...(units.includes("mine") ? [`const mine = ${own};`] : []),
    `const units = [${units.map(expression).join(", ")}];`,
    `const dataset = ${dataset};`,
  ].join("\n");
}

function trainCode(experiment: Experiment): string {
  const written = JSON.stringify(trainSettings(experiment), null, 2)
    .replace(/"(\w+)":/g, "$1:")
    .replace('"ours"', '"ours" as const')
    .replace('"authors"', '"authors" as const');
  return [
    'import { openEngine, train } from "gated-rnn";',
    "",
    `const settings = ${written};`,
    'const engine = await openEngine("native-wasm"); // the page\'s: the same bits. "native" is faster',
    "const records = [];",
    "for (const cell of units)",
    "  records.push((await train({ dataset, cell, engine, ...settings })).record);",
    "for (const { configuration, results } of records)",
    "  console.log(configuration.cell, results.test.nllPerStep);",
  ].join("\n");
}

const curvesCode = [
  'import { show } from "gated-rnn";',
  'import { learningCurves } from "gated-rnn/show";',
  "",
  "await show.chart(learningCurves(records));",
].join("\n");

/** The name of a file that holds the race's experiment. */
export const notebookName = ({ experiment }: Race): string =>
  `train-it-here-${experiment.units.join("-")}.ipynb`;
