import type { RunRecord } from "../../lib/train/record.js";
import { madeUpRecord } from "./records.js";

interface MadeSearch {
  readonly data?: string;
  readonly protocol?: "ours" | "authors";
  readonly rates?: readonly number[];
  readonly seeds?: number;
  /** Test NLL per step of the chosen rate; a piece's own mean is half a nat lower. */
  readonly test?: number;
  readonly pieces?: boolean;
}

/** A made-up search: every rate with seed 1, the best validation NLL at the last of them, which gets the other seeds. */
export function madeSearch(
  cell: string,
  { data = "jsb", protocol = "ours", rates = [1e-3], seeds = 3, test = 8, pieces }: MadeSearch = {},
): RunRecord[] {
  const run = (learningRate: number, seed: number, k: number): RunRecord => {
    const one = madeUpRecord(cell, { seed });
    const split = (nll: number) => ({ nllPerStep: nll, nllPerSequence: nll - 0.5 });
    const level = test + 0.001 * seed;
    const steps = [30, 20, 10];
    return {
      ...one,
      data: { ...one.data, name: data, title: data },
      configuration: { ...one.configuration, data, protocol, learningRate, seed },
      results: { train: split(level - 1), valid: split(9 - k), test: split(level) },
      ...(pieces ? { testPieces: { nll: steps.map((s) => s * level), steps } } : {}),
    };
  };
  const first = rates.map((rate, k) => run(rate, 1, k));
  const best = rates.length - 1;
  const others = Array.from({ length: seeds - 1 }, (_, s) => run(rates[best], s + 2, best));
  return [...first, ...others];
}
