// What the benches kept in docs/bench/, as the rows that docs/speed.md shows.
import type { EpochResult } from "./epochs/epochs.mts";
import type { StreamTiming } from "./stream.mts";

const units: Readonly<Record<string, string>> = { gru: "GRU", lstm: "LSTM", tanh: "tanh" };
const sets: Readonly<Record<string, string>> = { jsb: "JSB", musedata: "MuseData" };

/** Milliseconds of an update, and how many times as long the peers take. */
export function epochRows(results: readonly EpochResult[]): string[] {
  return results.map(({ set, cell, batchSize, peers }) => {
    const of = (name: string) => peers.find(({ peer }) => peer === name);
    const times = ["PyTorch", "JAX", "tfjs wasm by hand"].map((name) => {
      const ratio = of(name)?.timesAddon?.processor;
      return ratio === undefined ? "–" : `${ratio.toFixed(ratio < 10 ? 1 : 0)} ×`;
    });
    const own = `${of("addon")?.updateMs?.toFixed(2)} ms`;
    return row([`${sets[set] ?? set}, ${units[cell]}`, String(batchSize), own, ...times]);
  });
}

/** Microseconds of a step by peer, in both cases. */
export function streamRows(timings: readonly StreamTiming[]): string[] {
  return [...new Set(timings.map(({ peer }) => peer))].map((name) => {
    const cells = ["music gru 46", "speech gru 227"].map((on) => {
      const us = timings.find((t) => t.case === on && t.peer === name)?.microseconds;
      return us
        ? [us.processorMedian, us.processorTenth].map((t) => t.toFixed(t < 10 ? 1 : 0)).join(", ")
        : "–";
    });
    return row([name, ...cells]);
  });
}

const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
