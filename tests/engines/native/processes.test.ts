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

  it("trains in several workers at a time, whose threads end with them", () => {
    const source = `
      const { readdirSync, existsSync } = require("node:fs");
      const { Worker } = require("node:worker_threads");
      const tasks = "/proc/self/task";
      const threads = existsSync(tasks) ? () => readdirSync(tasks).length : () => 0;
      const begin = threads();
      let going = 3;
      for (let k = 0; k < going; k++)
        new Worker(${JSON.stringify(script)}, { argv: ["${engine}", "3", "4"], stdout: true })
          .on("exit", (code) => {
            console.log("ended", code);
            if (--going === 0) console.log("threads left", threads() - begin);
          })
          .stdout.on("data", (line) => process.stdout.write(line));`;
    const printed = execFileSync(process.execPath, ["-e", source], { encoding: "utf8" });
    const trained = [...printed.matchAll(/{.*}/g)].map(([line]) => JSON.parse(line));
    const alone = train(engine, 3, 4);
    expect(trained).toEqual([alone, alone, alone]);
    expect(printed.match(/ended 0/g)).toHaveLength(3);
    expect(printed).toContain("threads left 0\n");
  });

  it("trains to the same loss on one thread and on two", () => {
    expect(train(engine, 2, 4).nll / train(engine, 1, 4).nll).toBeCloseTo(1, 4);
  });
});
