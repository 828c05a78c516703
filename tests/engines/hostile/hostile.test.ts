import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { gru } from "../../../lib/cells/gru.js";
import { lstm } from "../../../lib/cells/lstm.js";
import type { Batch } from "../../../lib/data/batch.js";
import { initialState } from "../../../lib/model/initialise.js";
import { type Model, model } from "../../../lib/model/model.js";
import { bernoulli, gaussianMixture } from "../../../lib/outputs/index.js";
import { relativeError } from "../../oracle/examples.js";
import { oracle } from "../../oracle/oracle.js";
import { availableEngines, webGpuBackend } from "../available.js";
import { broken, random } from "./mutations.mts";
import { hiddenSize, musicBatch, seeds, soundBatch } from "./right.mts";

/** How a call ended; `same`: whether everything was as before. */
interface Outcome {
  readonly what: string;
  readonly result?: unknown;
  readonly error?: string;
  readonly code?: string;
  readonly message?: string;
  readonly same?: boolean;
}

const weightsOf = (m: Model) =>
  new Map(
    [...initialState(m, seeds.weights).parameters].map(([name, w]) => [name, Float64Array.from(w)]),
  );

/** Calls that may be right after all, by their words: the batch that the engine was given, to be judged by the oracle. */
function judged(count: number): Map<string, { readonly model: Model; readonly batch: Batch }> {
  const music = model(lstm, 6, hiddenSize, bernoulli(6));
  const sound = model(gru, 6, hiddenSize, gaussianMixture(4, 3));
  const all = (kind: string, m: Model, right: Batch) =>
    [...broken(right), ...random(right, seeds.chance, count)].map(
      ({ what, value }) => [`${kind} ${what}`, { model: m, batch: value }] as const,
    );
  return new Map([...all("music", music, musicBatch), ...all("sound", sound, soundBatch)]);
}

async function callsOf(engine: string, backend: string, count: number) {
  const script = fileURLToPath(new URL("child.mts", import.meta.url));
  const child = spawn(
    process.execPath,
    ["--no-warnings", "--experimental-strip-types", script, engine, backend, String(count)],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  const chunks: Buffer[] = [];
  const problems: Buffer[] = [];
  child.stdout.on("data", (chunk) => chunks.push(chunk));
  child.stderr.on("data", (chunk) => problems.push(chunk));
  const [code, signal] = await once(child, "close");
  const lines = Buffer.concat(chunks).toString().trim().split("\n");
  const outcomes = lines.filter((line) => line).map((line): Outcome => JSON.parse(line));
  return { code, signal, outcomes, problems: Buffer.concat(problems).toString() };
}

/** Names of engines as they are opened, with their backends, and how many batches by chance each is given. */
const engines = (await availableEngines()).map(({ name, build }) => {
  const backend =
    name === "reference" ? build.split(" ")[1] : name === "webgpu" ? webGpuBackend : "";
  return { name, backend, count: name.startsWith("native") ? 500 : 25 };
});

describe.each(engines)("the engine $name $backend", ({ name, backend, count }) => {
  it("answers every hostile call by a typed error or a right result, and lives on", async () => {
    const { code, signal, outcomes, problems } = await callsOf(name, backend, count);
    expect(signal, `after ${outcomes.at(-1)?.what}`).toBeNull();
    expect(code, `${problems} after ${outcomes.at(-1)?.what}`).toBe(0);
    expect(outcomes.at(-1)?.what).toBe("done");
    const untyped = outcomes.filter(
      ({ error, code: typed }) => error !== undefined && typed === undefined,
    );
    expect(untyped).toEqual([]);
    expect(outcomes.filter(({ same }) => same === false)).toEqual([]);

    const poisoned = /^(write|open|tracePiece|writeWeights) parameters .* NaN first$/;
    for (const { what, code: typed } of outcomes.filter((outcome) => poisoned.test(outcome.what)))
      expect(typed, what).toBe("usage");

    const batches = judged(count);
    let right = 0;
    for (const { what, result } of outcomes) {
      const [call, ...rest] = what.split(" ");
      const given = batches.get(rest.join(" "));
      if (given === undefined || result === undefined || call === "trace") continue;
      const expected = oracle(given.model, weightsOf(given.model), given.batch);
      // single precision has no such numbers
      if (expected.sequences.some(({ nll }) => Math.abs(nll) > 1e37)) continue;
      right += 1;
      if (call === "gradient")
        for (const [parameter, values] of result as [string, number[]][])
          expect(
            relativeError(values, expected.gradient.get(parameter) ?? []),
            `${what}: ${parameter}`,
          ).toBeLessThan(1e-3);
      else
        expect(
          relativeError(
            [result].flat() as number[],
            call === "evaluate" ? expected.sequences.map(({ nll }) => nll) : [expected.nllPerStep],
          ),
          what,
        ).toBeLessThan(1e-4);
    }
    expect(right).toBeGreaterThan(20);
    const refused = new Set(
      outcomes.filter(({ error }) => error).map(({ what }) => what.replace(/^\S+ /, "")),
    );
    expect(refused.size).toBeGreaterThan(500);
    for (const after of ["evaluate", "trainStep", "gradient", "trace", "read", "write"])
      expect(outcomes.find(({ what }) => what === `${after} after close`)?.message).toMatch(
        /expected an open session, got one that was closed; open another$/,
      );
    expect(outcomes.find(({ what }) => what === "an overlapping call")?.code).toBe("usage");
  });
});
