import { resolve } from "node:path";
import { cellNamed } from "../../../lib/cells/index.js";
import { syntheticChorales } from "../../../lib/data/synthetic.js";
import { atlasTable, memoryTable } from "../../../lib/show/atlas-table.js";
import { tableMarkdown } from "../../../lib/show/table.js";
import { atlas } from "../../../lib/sweep/atlas.js";
import { atlasRows, memoryRows } from "../../../lib/sweep/atlas-rows.js";
import { runsOf } from "../../../lib/sweep/choice.js";
import { sweepData } from "../../../lib/sweep/data.js";
import { groupsOf } from "../../../lib/sweep/plan.js";
import { readRecords } from "../../../lib/sweep/records.js";
import { musicTask } from "../../../lib/tasks/music.js";
import type { RunRecord } from "../../../lib/train/record.js";
import { average, type Claim, type Known } from "./known.js";
import { printed } from "./printed.js";

const folder = resolve(import.meta.dirname, "..", "..", "..", "notebooks", "results", "atlas");
export const atlasRecords = readRecords(folder);

/** Processor seconds of a whole run by the protocol's own number of epochs, the mean over some records. */
function seconds(records: readonly RunRecord[], data: string): number {
  const per = records
    .filter(({ configuration: c }) => c.data === data)
    .map(({ curve, configuration }) => {
      const last = curve.at(-1);
      return ((last?.cpuSeconds ?? Number.NaN) / (last?.epoch ?? 1)) * configuration.epochs;
    });
  return average(per.filter(Number.isFinite));
}

/** Runs of each plan of the atlas on one data set; what the data are does not matter for that. */
const runs = await Promise.all(
  atlas.map(async (plan) => {
    const data = sweepData({ tasks: [musicTask({ ...syntheticChorales(), name: "any" })] });
    const groups = await groupsOf({ ...plan, data: ["any"] }, data);
    return groups.reduce((sum, group) => sum + runsOf(group), 0);
  }),
);

/** The plan's machine time, a line for each part and data set: "| data | part | runs | seconds | hours |". */
export function planLines({ records: { music, speech, authors } }: Known): string[] {
  const jsb = seconds(music, "jsb");
  const gru = authors.filter(({ configuration: c }) => c.cell === "gru"); // complete on JSB; the rest is still growing
  const of = (data: string, k: number): number => {
    if (atlas[k].run.protocol === "authors")
      return (seconds(gru, "jsb") * seconds(music, data)) / jsb;
    const steps = Number(data.split("-")[1]);
    if (data.startsWith("recall")) return (seconds(atlasRecords, "recall-10") * (steps + 1)) / 11;
    if (data.startsWith("adding")) return (seconds(atlasRecords, "adding-25") * steps) / 25;
    return seconds(data.startsWith("speech") ? speech : music, data);
  };
  let total = 0;
  const lines = atlas.flatMap((plan, k) =>
    plan.data.map((data) => {
      const hours = (of(data, k) * runs[k]) / 3600;
      total += hours;
      const part = [
        plan.run.protocol === "authors" ? "authors' protocol" : "",
        plan.width ? "same width" : "",
      ];
      const what = part.filter((word) => word !== "").join(", ") || "same budget";
      return `| ${data} | ${what} | ${runs[k]} | ${of(data, k).toFixed(1)} | ${hours.toFixed(1)} |`;
    }),
  );
  return [
    ...lines,
    `| all | | ${atlas.reduce((s, { data }, k) => s + runs[k] * data.length, 0)} | | ${total.toFixed(0)} |`,
  ];
}

const oneLine = (text: string) => text.replace(/\s+/g, " ");

const test = (cell: string) =>
  atlasRows(atlasRecords).find((row) => row.cell === cell)?.test ?? Number.NaN;
const isKept = (cell: string) =>
  memoryRows(atlasRecords).find((row) => row.cell === cell && row.kind === "recall")?.isKept;

/** What the notebook printed of a gate: whole, nailed open, never had it. */
const amputated = (gate: string) =>
  (new RegExp(`^${gate}: whole ([\\d.]+), nailed open ([\\d.]+), never had it ([\\d.]+)$`, "m")
    .exec(printed("11-which-gate"))
    ?.slice(1)
    .map(Number) ?? []) as number[];

/** docs/atlas.md: its tables are what the command prints, and its plan is the preset's. */
export const atlasClaims: readonly Claim[] = [
  {
    where: "11-which-gate",
    sentence:
      "The GRU without its update gate is ahead of the whole on the chorales, by having more units in its place, and forgets a note within ten steps, which the whole never does.",
    holds: () =>
      test("gru-no-update") < test("gru") &&
      isKept("gru-no-update") === false &&
      isKept("gru") === true,
  },
  {
    where: "11-which-gate",
    sentence: "without its peepholes it is level with the GRU here",
    holds: () =>
      Math.abs(test("lstm-no-peepholes") - test("gru")) < 0.05 && test("lstm") > test("gru") + 0.05,
  },
  {
    where: "11-which-gate",
    sentence:
      "nailed open afterwards, they cost far more than a unit pays that grew up without them",
    holds: () =>
      ["r", "z"].every((gate) => {
        const [whole, nailed, born] = amputated(gate);
        return nailed - whole > 0.3 && nailed - whole > 2 * (born - whole);
      }),
  },
  {
    where: "docs/atlas.md",
    sentence: () => oneLine(tableMarkdown(atlasTable(atlasRows(atlasRecords)))),
  },
  {
    where: "docs/atlas.md",
    sentence: () => oneLine(tableMarkdown(memoryTable(memoryRows(atlasRecords)))),
  },
  { where: "docs/atlas.md", sentence: (known) => oneLine(planLines(known).join("\n")) },
  {
    where: "docs/atlas.md",
    sentence: () => {
      const rows = atlasRows(atlasRecords);
      const [{ rates }] = rows;
      const cells = rows.filter(({ cell }) => cellNamed(cell).variant).length;
      const seeds = [...new Set(rows.map((row) => row.seeds.length))].sort().join(" or ");
      return `On JSB, by our protocol and at the same budget, ${cells} variants and their whole units have been tried with ${rates} learning rates and ${seeds} ${seeds === "1" ? "seed" : "seeds"}.`;
    },
  },
];
