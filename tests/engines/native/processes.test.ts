import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { engineNames, openEngine } from "../../../lib/engines/index.js";
import { GatedRnnError } from "../../../lib/errors.js";

const script = fileURLToPath(new URL("training-bits.cjs", import.meta.url));

/** Thirty updates in a process of their own, by the built package. */
function train(engine: string, threads: number, seed: number): { hash: string; nll: number } {
  return JSON.parse(
    execFileSync(process.execPath, [script, engine, String(threads), String(seed)], {
      encoding: "utf8",
    }),
  );
}

async function isThere(name: string): Promise<boolean> {
  try {
    await openEngine(name);
    return true;
  } catch (error) {
    if (error instanceof GatedRnnError && error.code === "engine-missing") return false;
    throw error;
  }
}

const native: string[] = [];
for (const name of engineNames)
  if (name.startsWith("native") && (await isThere(name))) native.push(name);

describe.each(native)("the %s engine", (engine) => {
  it.each([1, 2])("trains to the same bits in two processes, on %i threads", (threads) => {
    const first = train(engine, threads, 4);
    expect(train(engine, threads, 4)).toEqual(first);
    expect(first.nll).toBeGreaterThan(0);
    expect(train(engine, threads, 5).hash).not.toBe(first.hash);
  });

  it("trains to the same loss on one thread and on two", () => {
    expect(train(engine, 2, 4).nll / train(engine, 1, 4).nll).toBeCloseTo(1, 4);
  });
});
