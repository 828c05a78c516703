// What the benches kept in docs/bench/, as the rows that docs/speed.md shows.
import type { EpochResult } from "./epochs/epochs.mts";
import { median } from "./rounds.mts";
import type { StreamTiming } from "./stream.mts";
import type { CaseResult } from "./table.mts";

const units: Readonly<Record<string, string>> = { gru: "GRU", lstm: "LSTM", tanh: "tanh" };
const sets: Readonly<Record<string, string>> = { jsb: "JSB", musedata: "MuseData" };

/** Milliseconds of an update, and how many times as long the peers take. */
export function epochRows(results: readonly EpochResult[]): string[] {
  return results.map(({ set, cell, batchSize, peers }) => {
    const of = (name: string) => peers.find(({ peer }) => peer === name);
    const times = ["PyTorch", "JAX"].map((name) => {
      const ratio = of(name)?.timesAddon?.processor;
      return ratio === undefined ? "–" : `${ratio.toFixed(ratio < 10 ? 1 : 0)} ×`;
    });
    const own = `${of("addon")?.updateMs?.toFixed(2)} ms`;
    return row([`${sets[set] ?? set}, ${units[cell]}`, String(batchSize), own, ...times]);
  });
}

/**
 * Milliseconds of a step and its share of one core's peak; how many times as long PyTorch takes, and how many times as fast two
 * threads are; the same of WebAssembly, its share of its own peak.
 */
export function stepRows(results: readonly CaseResult[]): string[] {
  return results.map(({ case: name, peakGflops, wasmPeakGflops, peers }) => {
    const of = (wanted: string) => {
      const found = peers.find(({ peer }) => peer === wanted);
      return found && "medianMs" in found ? found : undefined;
    };
    const [own, wasm, torch] = ["addon", "wasm relaxed", "PyTorch"].map(of);
    const ms = (t = Number.NaN) => `${t.toFixed(t < 10 ? 2 : 1)} ms`;
    const share = (part = Number.NaN, whole = Number.NaN) =>
      `${((100 * part) / whole).toFixed(0)} %`;
    const times = (t = Number.NaN, by = Number.NaN) =>
      Number.isNaN(t / by) ? "–" : `${(t / by).toFixed(t / by < 10 ? 2 : t / by < 100 ? 1 : 0)} ×`;
    return row([
      name,
      ms(own?.medianMs),
      share(own?.gflops, peakGflops),
      times(torch?.medianMs, own?.medianMs),
      times(own?.medianMs, of("addon, 2 threads")?.medianMs),
      ms(wasm?.medianMs),
      share(wasm?.gflops, wasmPeakGflops),
      times(wasm?.medianMs, of("wasm, 2 threads")?.medianMs),
    ]);
  });
}

interface ThreadRound {
  readonly commit: string;
  readonly case: string;
  readonly one: { readonly medianMs: number };
  readonly two: { readonly medianMs: number; readonly fastestMs: number };
}

interface KeptThreads {
  readonly before: string;
  readonly after: string;
  readonly rounds: readonly ThreadRound[];
}

/** How many times as fast two threads are, before and after a change: the median of rounds in turns. */
export function threadRows(kept: KeptThreads): string[] {
  return [...new Set(kept.rounds.map((round) => round.case))].map((name) => {
    const [before, after] = [kept.before, kept.after].map((commit) =>
      median(
        kept.rounds
          .filter((round) => round.case === name && round.commit === commit)
          .map(({ one, two }) => one.medianMs / two.medianMs),
      ),
    );
    return row([name, `${before.toFixed(2)} ×`, `${after.toFixed(2)} ×`]);
  });
}

/** What an update with two threads takes less after it than before, by the fastest turns of each case. */
export function threadSaving({ before, after, rounds }: KeptThreads): string {
  const saved = [...new Set(rounds.map((round) => round.case))].map((name) => {
    const [then, now] = [before, after].map((commit) =>
      Math.min(
        ...rounds
          .filter((round) => round.case === name && round.commit === commit)
          .map(({ two }) => two.fastestMs),
      ),
    );
    return Math.round(1000 * (then - now));
  });
  return `${Math.min(...saved)} to ${Math.max(...saved)} µs of an update are saved`;
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
