import { describe, expect, it } from "vitest";
import {
  batchOf,
  bernoulli,
  gru,
  initialState,
  model,
  syntheticChorales,
} from "../../../lib/browser.js";
import { openEngine } from "../../../lib/index.js";
import { Gate } from "../../../notebooks/live/gate.ts";

const m = model(gru, 88, 4, bernoulli(88));
const batch = batchOf(syntheticChorales(1).train.slice(0, 2), { lowestNote: 21, keys: 88 });
const settings = { learningRate: 1e-3, weightNoise: 0, noiseSeed: 1, maxGradientNorm: 1 };
const soon = () => new Promise((resolve) => setTimeout(resolve, 20));

async function gated() {
  const gate = new Gate();
  const engine = gate.before(await openEngine("native-wasm"));
  return { gate, session: await engine.open(m, initialState(m, 1)) };
}

describe("the gate before a session", () => {
  it("holds an update while it is closed, and lets it go when it opens", async () => {
    const { gate, session } = await gated();
    let updates = 0;
    const update = session.trainStep(batch, settings).then(() => updates++);
    await soon();
    expect(updates).toBe(0);
    gate.open = true;
    await update;
    expect(updates).toBe(1);
    await session.close();
  });

  it("answers questions while it is closed, between two updates, and after the session", async () => {
    const { gate, session } = await gated();
    const held = session.trainStep(batch, settings);
    const before = await gate.between(async (open) => (await open?.read())?.updates);
    gate.open = true;
    await held;
    const later = gate.between(async (open) => (await open?.read())?.updates);
    await session.trainStep(batch, settings);
    expect([before, await later]).toEqual([0, 1]);
    await session.close();
    expect(await gate.between(async (open) => open)).toBeUndefined();
  });

  it("tells an asker of what went wrong, and goes on", async () => {
    const { gate, session } = await gated();
    const held = session.trainStep(batch, settings);
    await expect(gate.between(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
    gate.open = true;
    expect((await held).steps).toBeGreaterThan(0);
    await session.close();
  });
});
