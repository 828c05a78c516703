// Whole training epochs of music, ours beside other libraries: npm run bench -- --epochs
import { loadavg } from "node:os";
import { openEngine } from "../library.mts";
import { median } from "../rounds.mts";
import {
  type EpochPeer,
  epochPeers,
  firstUpdatesOf,
  type OpenEpochPeer,
  type Spent,
  twinOf,
  type Update,
} from "./peers.mts";
import { type Chosen, rowsOf, type Work, works } from "./work.mts";

/** A peer's turn lasts this long, or one pass. */
const turnMilliseconds = 100;

/** Turns that even the slowest peer has, the first of them not counted. */
const leastTurns = 4;

interface PeerEpochs {
  readonly peer: string;
  readonly problem?: string;
  readonly note?: string;
  /** Of the first updates without noise: largest difference of loss and of gradient norm from ours, as a share. */
  readonly lossDifference?: number;
  readonly normDifference?: number;
  /** Of the sample's updates by the processor's time, scaled by rows to the whole epoch: median of the turns. */
  readonly epochSeconds?: number;
  readonly updateMs?: number;
  /** Medians over the rounds of its time by the addon's in the same round. */
  readonly timesAddon?: { readonly processor: number; readonly wall: number };
  readonly turns?: readonly Spent[];
}

export interface EpochResult extends Omit<Work, "model" | "parameters" | "batches"> {
  readonly updates: number;
  readonly rows: number;
  readonly load: number;
  readonly peers: readonly PeerEpochs[];
}

/** @param keep given all that there is so far, after every table */
export async function epochBench(
  chosen: Chosen,
  wanted: (name: string) => boolean,
  budgetSeconds: number,
  keep: (made: { peers: { name: string; detail: string }[]; results: EpochResult[] }) => void,
): Promise<void> {
  const peers = await epochPeers(wanted);
  for (const { name, detail } of peers) console.log(`${name.padEnd(18)} ${detail}`);
  console.log(
    "\nTime is the processor's, a pass over the sample; an epoch is the sample's time by its share of the rows.",
  );
  const results: EpochResult[] = [];
  for (const work of await works(chosen)) {
    results.push(await tableOf(work, peers, budgetSeconds));
    keep({ peers: peers.map(({ name, detail }) => ({ name, detail })), results });
  }
}

async function tableOf(
  work: Work,
  peers: readonly EpochPeer[],
  budgetSeconds: number,
): Promise<EpochResult> {
  const { model: _, parameters: __, batches, ...about } = work;
  const rows = rowsOf(batches);
  const load = loadavg()[0];
  const whole = batches.length === work.epochUpdates;
  console.log(
    `\n${work.set}${work.synthetic ? " (synthetic)" : ""}, ${work.cell} ${work.model.hiddenSize}, batch ${work.batchSize}: ` +
      `${whole ? `all ${batches.length} updates of an epoch` : `the first ${batches.length} of ${work.epochUpdates} updates`}, ` +
      `${rows} of ${work.epochRows} rows; load ${load.toFixed(1)}`,
  );
  const heads = ["epoch s", "ms/update", "× addon", "by clock", "passes", "loss differs"];
  console.log(`${"".padEnd(18)}${heads.map((h) => h.padStart(13)).join("")}`);
  const found = await measured(work, peers, budgetSeconds);
  for (const row of found) console.log(lineOf(row));
  return { ...about, updates: batches.length, rows, load, peers: found };
}

function lineOf(row: PeerEpochs): string {
  if (row.problem !== undefined) return `${row.peer.padEnd(18)}  left out: ${row.problem}`;
  const cells = [
    row.epochSeconds?.toFixed(3),
    row.updateMs?.toFixed(3),
    row.timesAddon?.processor.toFixed(2),
    row.timesAddon?.wall.toFixed(2),
    row.turns?.length,
    row.lossDifference?.toExponential(1),
  ];
  const note = row.note ? `  ${row.note}` : "";
  return `${row.peer.padEnd(18)}${cells.map((c) => String(c ?? "").padStart(13)).join("")}${note}`;
}

interface Running {
  readonly peer: string;
  readonly open: OpenEpochPeer;
  readonly about: PeerEpochs;
  readonly turns: Spent[];
  usedMs: number;
}

/** The peers in turns: in every round each has one, so that whatever else the machine does meets all of them alike. */
async function measured(
  work: Work,
  peers: readonly EpochPeer[],
  budgetSeconds: number,
): Promise<PeerEpochs[]> {
  const rows = new Map<string, PeerEpochs>();
  const running: Running[] = [];
  for (const peer of peers)
    try {
      const open = await peer.open(work);
      const about: PeerEpochs = {
        peer: peer.name,
        ...(open.note === undefined ? {} : { note: open.note }),
        ...(await agreement(work, peer, open)),
      };
      running.push({ peer: peer.name, open, about, turns: [], usedMs: 0 });
    } catch (error) {
      const problem = (error as Error).message.split("\n")[0];
      rows.set(peer.name, { peer: peer.name, problem });
    }
  const unfinished = ({ turns, usedMs }: Running) =>
    turns.length < leastTurns || usedMs < budgetSeconds * 1000;
  const others = running.filter(({ peer }) => peer !== "addon");
  while ((others.length > 0 ? others : running).some(unfinished))
    for (const r of running) if (r.peer === "addon" || unfinished(r)) await turn(r);
  const addon = running.find(({ peer }) => peer === "addon");
  for (const { peer, open, about, turns } of running) {
    await open.close();
    const counted = turns.slice(1);
    const ms = median(counted.map(({ processorMs }) => processorMs));
    const share = open.rows / work.epochRows;
    const ratio = (by: keyof Spent) =>
      addon &&
      median(
        counted.map(
          (turn, k) => (turn[by] * addon.open.rows) / (addon.turns[k + 1][by] * open.rows),
        ),
      );
    const [processor, wall] = [ratio("processorMs"), ratio("wallMs")];
    rows.set(peer, {
      ...about,
      epochSeconds: ms / share / 1000,
      updateMs: ms / share / work.epochUpdates,
      ...(processor === undefined || wall === undefined ? {} : { timesAddon: { processor, wall } }),
      turns: counted,
    });
  }
  return peers.map(({ name }) => rows.get(name) as PeerEpochs);
}

/** Passes for as long as a turn is, of which the mean is kept. */
async function turn(r: Running): Promise<void> {
  let [passes, wallMs, processorMs] = [0, 0, 0];
  while (passes === 0 || wallMs < turnMilliseconds) {
    const pass = await r.open.pass();
    passes += 1;
    wallMs += pass.wallMs;
    processorMs += pass.processorMs;
  }
  r.usedMs += wallMs;
  r.turns.push({ wallMs: wallMs / passes, processorMs: processorMs / passes });
}

/** How far a peer's first updates are from the addon's: see `PeerEpochs`. */
export async function agreement(work: Work, peer: EpochPeer, open: OpenEpochPeer) {
  const twin = twinOf(work, peer.twin);
  const native = await openEngine("native");
  const ours = await firstUpdatesOf(native, twin.model, twin.parameters, work.batches);
  const theirs = await open.firstUpdates();
  return {
    lossDifference: difference(ours, theirs, ({ nllPerStep }) => nllPerStep),
    normDifference: difference(ours, theirs, ({ gradientNorm }) => gradientNorm),
  };
}

function difference(
  ours: readonly Update[],
  theirs: readonly Update[],
  of: (update: Update) => number,
): number {
  return ours.reduce((most, update, k) => {
    const share = Math.abs(of(theirs[k]) / of(update) - 1);
    return share > most || Number.isNaN(share) ? share : most;
  }, 0);
}
