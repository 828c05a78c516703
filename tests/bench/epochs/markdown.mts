import type { EpochResult } from "./epochs.mts";

const units: Readonly<Record<string, string>> = { gru: "GRU", lstm: "LSTM", tanh: "tanh" };
const titles: Readonly<Record<string, string>> = { jsb: "JSB", musedata: "MuseData" };
const peers = ["PyTorch", "JAX", "tfjs wasm by hand"] as const;

/** A bench's results as rows of docs/speed.md: milliseconds of an update, and how many times as long the peers take. */
export function epochRows(results: readonly EpochResult[]): string[] {
  return results.map(({ set, cell, batchSize, peers: all }) => {
    const of = (name: string) => all.find(({ peer }) => peer === name);
    const times = peers.map((name) => {
      const ratio = of(name)?.timesAddon?.processor;
      return ratio === undefined ? "" : `${ratio.toFixed(ratio < 10 ? 1 : 0)} ×`;
    });
    const cells = [
      `${titles[set] ?? set}, ${units[cell]}`,
      batchSize,
      `${of("addon")?.updateMs?.toFixed(2)} ms`,
      ...times,
    ];
    return `| ${cells.join(" | ")} |`;
  });
}
