import { isComparable, type Search, searches } from "../sweep/searches.js";
import type { RunRecord } from "../train/record.js";
import { cellTitle } from "./colours.js";
import { paperTable, paperUnits } from "./paper-table.js";
import { meanOf, nats, withDeviation } from "./scores.js";
import type { Table } from "./table.js";

/** What unit and output bring on one data set, in nats per step of the test NLL, means over the seeds of the chosen rates. */
export interface OutputEffect {
  readonly data: string;
  /** The joint output less the independent one, mean over the units. */
  readonly output: number;
  /** The worst unit less the best one, each with its better output. */
  readonly units: number;
}

const test = ({ results }: RunRecord) => results.test.nllPerStep;
const isJoint = ({ chosen: [{ configuration }] }: Search) => configuration.output !== undefined;

/** Of one data set the searches of each output, in the units' order; none where one of them is missing. */
function pairOf(
  found: readonly Search[],
  data: string,
): Record<"alone" | "joint", Search[]> | undefined {
  const of = (joint: boolean) =>
    paperUnits.flatMap((unit) =>
      found.filter((s) => s.data === data && s.cell === unit && isJoint(s) === joint).slice(0, 1),
    );
  const [alone, joint] = [of(false), of(true)];
  if (alone.length < paperUnits.length || joint.length < paperUnits.length) return undefined;
  return { alone, joint };
}

const musicSets = paperTable.filter(({ kind }) => kind === "music");
const means = (of: readonly Search[]) => of.map(({ chosen }) => meanOf(chosen.map(test)));

/**
 * What the choice of the unit and that of the output bring, on each music set where the paper's three units have been searched with
 * both outputs, to several seeds of the chosen rate.
 *
 * @param records of searches that differ in unit and output, and in nothing else that matters
 */
export function outputEffects(records: readonly RunRecord[]): OutputEffect[] {
  const found = searches(records).filter(isComparable);
  return musicSets.flatMap(({ data }) => {
    const pair = pairOf(found, data);
    if (!pair) return [];
    const [alone, joint] = [means(pair.alone), means(pair.joint)];
    const better = alone.map((score, k) => Math.min(score, joint[k]));
    return [
      {
        data,
        output: meanOf(joint.map((score, k) => score - alone[k])),
        units: Math.max(...better) - Math.min(...better),
      },
    ];
  });
}

/** Test NLL of the paper's units with each key drawn alone and with chords drawn jointly, and how much less the joint output has. */
export function outputsTable(records: readonly RunRecord[]): Table {
  const found = searches(records).filter(isComparable);
  const number = (title: string) => ({ title, align: "right" as const });
  return {
    caption: "Test NLL by unit and output, in nats per step",
    columns: [
      { title: "data", align: "left" },
      { title: "chord's notes", align: "left" },
      ...paperUnits.map((unit) => number(cellTitle(unit))),
      number("worst less\nbest unit"),
    ],
    rows: musicSets.flatMap(({ data, title }) => {
      const pair = pairOf(found, data);
      if (!pair) return [];
      const row = (searched: readonly Search[]) => {
        const each = means(searched);
        return [
          ...searched.map(({ chosen }) => withDeviation(chosen.map(test))),
          nats(Math.max(...each) - Math.min(...each)),
        ];
      };
      const [alone, joint] = [means(pair.alone), means(pair.joint)];
      const less = joint.map((score, k) => `−${nats(alone[k] - score)}`.replace("−-", "+"));
      return [
        [title, "each alone", ...row(pair.alone)],
        ["", "together", ...row(pair.joint)],
        ["", "together less alone", ...less, ""],
      ];
    }),
    notes: ["± standard deviation over the seeds of the chosen rate."],
  };
}
