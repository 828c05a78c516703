// The whole way, from the data to the pages: npm run reproduce [-- --quick | --full]
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "./jupyter.mts";
import {
  argumentsOf,
  committedRecords,
  type PlannedSweep,
  plannedHours,
  runsOf,
} from "./planned-sweep.mts";

const usage = `npm run reproduce -- [options]
  --quick       minutes (default): JSB Chorales, 2 learning rates, 60 epochs, beside the committed records; then all notebooks
  --full        the paper: four music sets by both protocols, 10 learning rates (ours: 200 epochs, 3 seeds; the authors':
                500 epochs, 10 seeds), then speech (5 learning rates, 30 and 25 epochs, 2 seeds; with and without weight noise)
  --plan        print what it would do and the hours that takes, and end
  --out FOLDER  where the sweeps' records go (default runs/reproduce); the committed ones are never changed
  --slots N     runs side by side (default 2)
  --help
Every step goes on where an interrupted one stopped: run the same command again. Ends with a site that opens from disk.
`;

function argumentsGiven() {
  try {
    const options = {
      quick: { type: "boolean" },
      full: { type: "boolean" },
      plan: { type: "boolean" },
      out: { type: "string" },
      slots: { type: "string" },
      help: { type: "boolean" },
    } as const;
    const { values } = parseArgs({ options });
    if (values.quick && values.full) throw new Error("expected --quick or --full, got both");
    return values;
  } catch (error) {
    process.stderr.write(`reproduce: ${(error as Error).message.split(". ")[0]}; see --help\n`);
    return process.exit(2);
  }
}

const { full, plan, out = join("runs", "reproduce"), slots = "2", help } = argumentsGiven();
if (help) {
  process.stdout.write(usage);
  process.exit(0);
}

interface Step {
  readonly what: string;
  readonly script: string;
  readonly args: readonly string[];
}

const command = join("lib", "bin", "gated-rnn.cjs");
const tool = (name: string) => join("notebooks", "tools", name);
const sweepStep = (planned: PlannedSweep): Step => ({
  what: `sweep: ${planned.name}, ${runsOf(planned)} runs`,
  script: command,
  args: ["sweep", ...argumentsOf(planned), "--slots", slots, "--out", join(out, planned.name)],
});
const data = (name: string): Step => ({
  what: `prepare ${name}`,
  script: command,
  args: ["data", "prepare", name],
});

/** The paper's choice: the best rate of one seed, then some more seeds. */
const byOneSeed = { finalists: 1, rateSeeds: 1, protocol: "ours" } as const;
const speech = (name: string, epochs: number, batchSize: number, weightNoise: number) => ({
  ...byOneSeed,
  name: `${name}${weightNoise > 0 ? "" : "-without-noise"}`,
  data: [name],
  rates: 5,
  seeds: 2,
  epochs,
  patience: 100,
  batchSize,
  weightNoise,
});
const musicSets = ["jsb", "nottingham", "musedata", "piano-midi"];
const music = { data: musicSets, rates: 10 };
const sweeps: PlannedSweep[] = full
  ? [
      { ...music, ...byOneSeed, name: "music", seeds: 3, epochs: 200, patience: 100 },
      {
        ...music,
        ...{ name: "music-authors", protocol: "authors", finalists: 3, rateSeeds: 3, seeds: 10 },
        ...{ epochs: 500, patience: 500 },
      },
      ...[0.075, 0].flatMap((noise) => [
        speech("speech-a", 30, 8, noise),
        speech("speech-b", 25, 4, noise),
      ]),
    ]
  : [
      {
        ...{ ...byOneSeed, name: "quick", data: ["jsb"], rates: 2, seeds: 1 },
        ...{ epochs: 60, patience: 100 },
      },
    ];
const sets = full ? [...musicSets, "speech-a", "speech-b"] : ["jsb"];
const steps: Step[] = [
  ...sets.map(data),
  ...sweeps.map(sweepStep),
  { what: "these records beside the committed ones", script: tool("compare.mts"), args: [out] },
  {
    what: `notebooks, on ${full ? "these" : "the committed"} records → build/notebooks (under a minute each)`,
    script: tool("notebooks.mts"),
    args: ["run", ...(full ? [`--results=${join(out, "results")}`] : [])],
  },
  {
    what: "pages of these notebooks",
    script: tool("site/site.mts"),
    args: [join("build", "notebooks")],
  },
];

/** Ctrl-C goes to the whole process group: the step ends in good order, and so do we. */
function run({ script, args }: Step): Promise<number> {
  return new Promise((done) => {
    const child = spawn(process.execPath, ["--no-warnings", script, ...args], {
      cwd: root,
      stdio: "inherit",
    });
    child.on("exit", (code, signal) => done(code ?? (signal === "SIGINT" ? 130 : 1)));
  });
}

const timeText = (hours: number) =>
  hours < 1 ? `${Math.ceil(60 * hours)} minutes` : `${hours.toFixed(1)} hours`;

/** What is planned, and its processor hours at most, from the committed records' own. */
function tellPlan(): void {
  const records = committedRecords();
  const hours = sweeps.map((planned) => plannedHours(planned, records));
  for (const [k, planned] of sweeps.entries())
    console.log(
      `${planned.name}: ${runsOf(planned)} runs, ${timeText(hours[k])} of processor time`,
    );
  const all = hours.reduce((sum, each) => sum + each, 0);
  console.log(
    `in all ${timeText(all)} at most, ${timeText(all / Number(slots))} on ${slots} free cores like those of the committed records`,
  );
  console.log(
    `then ${steps.length - sets.length - sweeps.length} steps: notebooks and pages, some ten minutes`,
  );
}

tellPlan();
if (plan) process.exit(0);

process.on("SIGINT", () => {});
const begun = performance.now();
for (const [i, step] of steps.entries()) {
  const minutes = ((performance.now() - begun) / 60_000).toFixed(1);
  console.log(`\n[${i + 1}/${steps.length}, ${minutes} min] ${step.what}`);
  const code = await run(step);
  if (code !== 0) {
    console.error(
      `reproduce: stopped at "${step.what}"; the same command goes on${existsSync(join(root, out)) ? ` (records so far: ${out})` : ""}`,
    );
    process.exit(code);
  }
}
console.log(
  `\nDone in ${((performance.now() - begun) / 60_000).toFixed(1)} min. Records: ${out}; pages: ${join("build", "site", "index.html")}`,
);
