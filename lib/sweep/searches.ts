import type { ProtocolName, RunRecord } from "../train/record.js";
import { bySearch, chosenRecords } from "./chosen.js";

/** All runs that differ in learning rate and seed only, and what they have come to so far. */
export interface Search {
  readonly data: string;
  readonly title: string;
  readonly cell: string;
  readonly protocol: ProtocolName;
  /** Learning rates that were tried, the lowest first. */
  readonly rates: readonly number[];
  /** All runs. */
  readonly runs: readonly RunRecord[];
  /** The chosen rate's runs by seed, see `chosenRecords`; none where every rate failed. */
  readonly chosen: readonly RunRecord[];
  /** Where the chosen rate lies at the end of those that were tried: what lies beyond is not known. None while a search is under way. */
  readonly edge?: "highest" | "lowest";
}

/** The fewest seeds of a chosen rate by which units are compared: one seed shows no spread. */
const fewestSeeds = 2;

/** Whether a search has come as far as several seeds of its chosen rate. */
export const isComparable = ({ chosen }: Search): boolean => chosen.length >= fewestSeeds;

/**
 * What records have of each search, in the order in which its first record comes. A search that is
 * under way is as good as its runs so far.
 */
export function searches(records: readonly RunRecord[]): Search[] {
  return bySearch(records).map((runs) => {
    const [{ configuration, data }] = runs;
    const tried = new Set(runs.map((run) => run.configuration.learningRate));
    const rates = [...tried].sort((a, b) => a - b);
    const chosen = chosenRecords(runs);
    const edge = chosen.length < fewestSeeds ? undefined : edgeOf(rates, chosen[0]);
    return {
      data: configuration.data,
      title: data.title,
      cell: configuration.cell,
      protocol: configuration.protocol,
      rates,
      runs,
      chosen,
      ...(edge ? { edge } : {}),
    };
  });
}

function edgeOf(rates: readonly number[], { configuration }: RunRecord): Search["edge"] {
  const rate = configuration.learningRate;
  if (rates.length < 2) return undefined;
  if (rate === rates[rates.length - 1]) return "highest";
  return rate === rates[0] ? "lowest" : undefined;
}
