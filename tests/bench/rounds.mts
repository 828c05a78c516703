import type { Case } from "./cases.mts";
import type { OpenPeer, Peer } from "./peer.mts";

/** A peer's timings of one case. */
export interface Timing {
  readonly peer: string;
  /** Milliseconds of every timed step, in order; empty when the peer could not do it. */
  readonly milliseconds: readonly number[];
  readonly problem?: string;
}

/** First steps of a peer, not counted: compilation, caches, memory. */
const warmUps = 3;

/** A turn lasts this long, or one step: steps that follow one another find their own data in the caches, as in a training. */
const turnMilliseconds = 100;

/** Steps that even the slowest peer makes. */
const leastSteps = 3;

/**
 * Times peers on one case, interleaved: in every round each peer has a short turn, so that whatever else the machine does
 * meets all of them alike. A peer that has used its budget of time and made three steps leaves the round.
 */
export async function timed(
  on: Case,
  peers: readonly Peer[],
  budgetSeconds: number,
): Promise<Timing[]> {
  const running: { peer: Peer; open: OpenPeer; milliseconds: number[]; spent: number }[] = [];
  const timings = new Map<string, Timing>();
  for (const peer of peers)
    try {
      const open = await peer.open(on);
      let spent = 0;
      for (let i = 0; i < warmUps && (i === 0 || spent < budgetSeconds * 1000); i++)
        spent += await open.step();
      running.push({ peer, open, milliseconds: [], spent: 0 });
    } catch (error) {
      timings.set(peer.name, {
        peer: peer.name,
        milliseconds: [],
        problem: (error as Error).message.split("\n")[0],
      });
    }
  const unfinished = (r: { milliseconds: number[]; spent: number }) =>
    r.milliseconds.length < leastSteps || r.spent < budgetSeconds * 1000;
  while (running.some(unfinished))
    for (const r of running)
      for (let turn = 0; turn < turnMilliseconds && unfinished(r); ) {
        const ms = await r.open.step();
        r.milliseconds.push(ms);
        r.spent += ms;
        turn += ms;
      }
  for (const { peer, open, milliseconds } of running) {
    await open.close();
    timings.set(peer.name, { peer: peer.name, milliseconds });
  }
  return peers.map(({ name }) => timings.get(name) as Timing);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
