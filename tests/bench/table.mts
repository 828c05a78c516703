import type { Case } from "./cases.mts";
import type { Peak, Peaks } from "./peak.mts";
import type { Peer } from "./peer.mts";
import { median, timed } from "./rounds.mts";

export interface CaseResult {
  readonly case: string;
  readonly flops: number;
  readonly peakGflops: number | undefined;
  /** At the 128 bits of WebAssembly. */
  readonly wasmPeakGflops: number | undefined;
  readonly peers: readonly (
    | { peer: string; problem: string }
    | { peer: string; medianMs: number; fastestMs: number; steps: number; gflops: number }
  )[];
}

/** Times peers on one case and prints a line for each, against the addon and, where it is asked for, one core's peak. */
export async function tableOf(
  on: Case,
  peers: readonly Peer[],
  budgetSeconds: number,
  core?: Peak,
): Promise<CaseResult> {
  const before = core?.measure();
  const timings = await timed(on, peers, budgetSeconds);
  const after = core?.measure();
  const fastest = (of: keyof Peaks) => Math.max(before?.[of] ?? 0, after?.[of] ?? 0) || undefined;
  const peaks = { core: fastest("core"), wasm: fastest("wasm") };
  const medianOf = (peer: string) =>
    median(timings.find((t) => t.peer === peer)?.milliseconds ?? []);
  const reference = medianOf("addon");
  const shown = (gflops: number | undefined) => gflops?.toFixed(0) ?? "not measured";
  const peak = core
    ? `; one core's peak ${shown(peaks.core)} GFLOP/s, WebAssembly's ${shown(peaks.wasm)}`
    : "";
  console.log(`\n${on.name}: ${(on.flops / 1e6).toFixed(0)} MFLOP in products${peak}`);
  const heads = [
    "median ms",
    "fastest ms",
    "steps",
    "× addon",
    "GFLOP/s",
    ...(core ? ["of peak"] : []),
  ];
  console.log(`${"".padEnd(22)}${heads.map((h) => h.padStart(11)).join("")}`);
  const rows = timings.map(({ peer, milliseconds, problem }) => {
    if (problem !== undefined) {
      console.log(`${peer.padEnd(22)}  left out: ${problem}`);
      return { peer, problem };
    }
    const ms = median(milliseconds);
    const gflops = on.flops / ms / 1e6;
    const most = peaks[/wasm/.test(peer) ? "wasm" : "core"];
    const cells = [
      ms.toFixed(2),
      Math.min(...milliseconds).toFixed(2),
      milliseconds.length,
      Number.isFinite(reference) ? (ms / reference).toFixed(2) : "",
      gflops.toFixed(1),
      ...(core ? [most === undefined ? "" : `${((100 * gflops) / most).toFixed(0)} %`] : []),
    ];
    console.log(`${peer.padEnd(22)}${cells.map((c) => String(c).padStart(11)).join("")}`);
    const fastestMs = Math.min(...milliseconds);
    return { peer, medianMs: ms, fastestMs, steps: milliseconds.length, gflops };
  });
  return {
    case: on.name,
    flops: on.flops,
    peakGflops: peaks.core,
    wasmPeakGflops: peaks.wasm,
    peers: rows,
  };
}
