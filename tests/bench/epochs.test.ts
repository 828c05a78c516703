import { describe, expect, it } from "vitest";
import { agreement } from "./epochs/epochs.mjs";
import { epochPeers } from "./epochs/peers.mjs";
import { works } from "./epochs/work.mjs";

const peers = await epochPeers((name) => !name.includes("threads"));

describe.each(["gru", "lstm", "tanh"])("three updates of %s on packed chorales", (cell) => {
  it.each(peers)("have the same losses and norms by $name", async (peer) => {
    const chosen = { sets: ["synthetic"], cells: [cell], batchSizes: [3], updates: 3 };
    const [work] = await works(chosen);
    expect(work.batches.some(({ lengths }) => lengths[0] > lengths[2])).toBe(true);
    const open = await peer.open(work);
    const { lossDifference, normDifference } = await agreement(work, peer, open);
    await open.close();
    expect(lossDifference).toBeLessThan(3e-6);
    expect(normDifference).toBeLessThan(3e-5);
  });
});
