// The whole way, from the data to the pages: npm run reproduce [-- --quick | --full]
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "./jupyter.mts";

const usage = `npm run reproduce -- [options]
  --quick       minutes (default): JSB Chorales, 2 learning rates, 60 epochs, beside the committed records; then all notebooks
  --full        the paper: four music sets, 10 learning rates, 200 epochs, 3 seeds (1.6 processor hours), then speech
                (5 learning rates, 30 and 25 epochs, 2 seeds; with and without weight noise: about 3 processor hours more)
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

const { full, out = join("runs", "reproduce"), slots = "2", help } = argumentsGiven();
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
const sweep = (name: string, ...args: string[]): Step => ({
  what: `sweep: ${name}`,
  script: command,
  args: ["sweep", ...args, "--slots", slots, "--out", join(out, name)],
});
const data = (name: string): Step => ({
  what: `prepare ${name}`,
  script: command,
  args: ["data", "prepare", name],
});
const speech = (name: string, epochs: string, batch: string, noise: readonly string[] = []) =>
  sweep(
    `${name}${noise.length > 0 ? "-without-noise" : ""}`,
    "--data",
    name,
    "--learning-rates",
    "5",
    "--seeds",
    "2",
    "--epochs",
    epochs,
    "--batch-size",
    batch,
    ...noise,
  );
const quiet = ["--weight-noise", "0"];

const sweeps = full
  ? [
      sweep("music", "--preset", "paper-music"),
      speech("speech-a", "30", "8"),
      speech("speech-b", "25", "4"),
      speech("speech-a", "30", "8", quiet),
      speech("speech-b", "25", "4", quiet),
    ]
  : [sweep("quick", "--data", "jsb", "--learning-rates", "2", "--epochs", "60")];
const sets = full
  ? ["jsb", "nottingham", "musedata", "piano-midi", "speech-a", "speech-b"]
  : ["jsb"];
const steps: Step[] = [
  ...sets.map(data),
  ...sweeps,
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
