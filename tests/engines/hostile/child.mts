// Makes one engine's hostile calls, each in turn: node child.mts ENGINE BACKEND COUNT. Says of every call how it ended, one line of
// JSON each, before the next is made: the last line of a process that dies is of the call before the one that killed it.
import { writeSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Batch } from "../../../lib/data/batch.js";
import type { Session, StepSettings } from "../../../lib/engines/engine.js";
import type { Model } from "../../../lib/model/model.js";
import type { TrainingState } from "../../../lib/model/state.js";
import { type Broken, broken, brokenMaps, random } from "./mutations.mts";
import { hiddenSize, musicBatch, seeds, settings, soundBatch } from "./right.mts";

const require = createRequire(import.meta.url);
const library = require("../../../lib/dist/lib/index.js") as typeof import("../../../lib/index.js");
const { tracePiece } =
  require("../../../lib/dist/lib/show.js") as typeof import("../../../lib/show.js");
const [name, backend, count] = process.argv.slice(2);
const engine = await library.openEngine(name, backend === "" ? undefined : backend);

/** An outcome on its way to the test: the error's class and code, or what came back. Waits while the test is slow to read. */
function tell(what: string, outcome: object): void {
  let rest = Buffer.from(`${JSON.stringify({ what, ...outcome })}\n`);
  while (rest.length > 0)
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
}

async function attempt<T>(what: string, call: () => Promise<T>, result: (value: T) => unknown) {
  try {
    tell(what, { result: result(await call()) });
    return true;
  } catch (error) {
    const { name: type, code, message } = error as Error & { code?: string };
    tell(what, { error: type, code, message: message.split("\n")[0] });
    return false;
  }
}

const bits = ({ updates, parameters, optimiser }: TrainingState) =>
  JSON.stringify([
    updates,
    ...[parameters, ...optimiser.values()].map((part) => [...part].map(String)),
  ]);
const areFinite = ({ parameters }: TrainingState) =>
  [...parameters.values()].every((values) => values.every(Number.isFinite));

const music = library.model(library.lstm, 6, hiddenSize, library.bernoulli(6));
const sound = library.model(library.gru, 6, hiddenSize, library.gaussianMixture(4, 3));

/** Calls with a batch, and what a right answer tells. */
async function withBatch(session: Session, state: TrainingState, what: string, batch: Batch) {
  await attempt(
    `evaluate ${what}`,
    () => session.evaluate(batch),
    (all) => all.map(({ nll }) => nll),
  );
  const isRight = await attempt(
    `gradient ${what}`,
    () => session.gradient(batch),
    (gradient) => [...gradient].map(([parameter, values]) => [parameter, [...values]]),
  );
  await attempt(
    `trace ${what}`,
    () => session.trace(batch),
    ({ values }) => [...values.keys()],
  );
  const trained = await attempt(
    `trainStep ${what}`,
    () => session.trainStep(batch, settings),
    ({ nllPerStep }) => nllPerStep,
  );
  if (trained) await session.write(state);
  return isRight;
}

async function batches(kind: string, model: Model, right: Batch) {
  const state = library.initialState(model, seeds.weights);
  const session = await engine.open(model, state);
  const before = JSON.stringify(await session.evaluate(right));
  const atRest = bits(await session.read());
  for (const { what, value } of [...broken(right), ...random(right, seeds.chance, Number(count))])
    await withBatch(session, state, `${kind} ${what}`, value);
  const other = kind === "music" ? soundBatch : musicBatch;
  await withBatch(session, state, `${kind} of the other model`, other);
  const after = JSON.stringify(await session.evaluate(right));
  const kept = bits(await session.read()) === atRest;
  tell(`${kind} afterwards`, { same: after === before && kept });
  await session.close();
}

async function states() {
  const state = library.initialState(music, seeds.weights);
  const session = await engine.open(music, state);
  const atRest = bits(await session.read());
  const trained = library.initialState(music, 8); // would be seen if half of it were written
  const all: Broken<unknown>[] = [
    ...broken({ state: 0 }).map(({ what, value }) => ({ what, value: value.state })),
    ...brokenMaps(trained.parameters).map(({ what, value }) => ({
      what: `parameters ${what}`,
      value: { ...trained, parameters: value },
    })),
    ...brokenMaps(trained.parameters).map(({ what, value }) => ({
      what: `meanSquare ${what}`,
      value: { ...trained, optimiser: new Map([["meanSquare", value]]) },
    })),
    ...broken({ optimiser: 0 }).map(({ what, value }) => ({
      what,
      value: { ...trained, ...value },
    })),
    {
      what: "another slot",
      value: { ...trained, optimiser: new Map([["__proto__", trained.parameters]]) },
    },
    ...broken({ updates: 0 }).map(({ what, value }) => ({ what, value: { ...trained, ...value } })),
    { what: "of another model", value: library.initialState(sound, 1) },
  ];
  for (const { what, value } of all) {
    const given = value as TrainingState;
    const written = await attempt(
      `write ${what}`,
      () => session.write(given),
      () => "written",
    );
    if (written) await session.write(state);
    else if (bits(await session.read()) !== atRest) tell(`write ${what}`, { same: false });
    const open = () => engine.open(music, given);
    await attempt(
      `open ${what}`,
      async () => (await open()).close(),
      () => "opened",
    );
    const { parameters } = given ?? {};
    const weights = { model: music, parameters, data: "x", run: "y" };
    const units = { kind: "music", lowestNote: 60, stepsPerQuarter: 2 } as const;
    await attempt(
      `tracePiece ${what}`,
      () => tracePiece({ ...weights, units }, library.pianoRoll([[60], [61]]), engine),
      ({ values }) => [...values.keys()],
    );
    const file = join(tmpdir(), `hostile-${process.pid}.safetensors`);
    await attempt(
      `writeWeights ${what}`,
      async () => library.writeWeights(file, weights),
      () => "ok",
    );
  }
  await session.close();
}

async function settingsAndOptions() {
  const state = library.initialState(music, seeds.weights);
  const session = await engine.open(music, state);
  const wrong = [
    ...broken({ settings: 0 }).map(({ what, value }) => ({ what, value: value.settings })),
    ...broken(settings),
    ...[1e30, 1e38, 3e38].map((learningRate) => ({
      what: `learningRate ${learningRate}`,
      value: { ...settings, learningRate },
    })),
  ];
  for (const { what, value } of wrong) {
    const step = () => session.trainStep(musicBatch, value as StepSettings);
    const before = bits(await session.read());
    const made = await attempt(`settings ${what}`, step, ({ nllPerStep }) => [nllPerStep]);
    const now = await session.read();
    if (!areFinite(now) || (!made && bits(now) !== before))
      tell(`settings ${what}`, { same: false });
    await session.write(state);
  }
  for (const { what, value } of broken({ threads: 1 })) {
    const open = async () => {
      const opened = await engine.open(music, state, value);
      const sequences = await opened.evaluate(musicBatch);
      await opened.close();
      return sequences.map(({ nll }) => nll);
    };
    await attempt(`options ${what}`, open, (nll) => nll);
  }
  await session.close();
}

async function models() {
  const state = library.initialState(music, seeds.weights);
  for (const right of [music, sound])
    for (const { what, value } of broken({ ...right, cell: 0, parameters: 0 })) {
      const given = { ...right, ...value } as unknown as Record<string, unknown>;
      if (!what.startsWith("cell")) given.cell = right.cell;
      if (!what.startsWith("parameters")) given.parameters = right.parameters;
      const open = async () => {
        const opened = await engine.open(given as unknown as Model, state);
        const batch = right === music ? musicBatch : soundBatch;
        const sequences = await opened.evaluate(batch);
        await opened.close();
        return sequences.map(({ nll }) => nll);
      };
      await attempt(`model of ${right.output.name} ${what}`, open, (nll) => nll);
      if (engine.check)
        await attempt(
          `check ${what}`,
          async () => engine.check?.(given as never),
          () => "ok",
        );
    }
  for (const keys of [0, -1, 2.5, Number.NaN, Number.POSITIVE_INFINITY])
    await attempt(
      `bernoulli(${keys})`,
      async () => library.bernoulli(keys),
      () => "made",
    );
}

async function endings() {
  const state = library.initialState(music, seeds.weights);
  const session = await engine.open(music, state);
  const going = session.evaluate(musicBatch);
  await attempt(
    "an overlapping call",
    () => session.trainStep(musicBatch, settings),
    () => "made",
  );
  await going;
  const last = session.evaluate(musicBatch);
  const closed = session.close();
  tell("the last call before close", { result: (await last).map(({ nll }) => nll) });
  await closed;
  await attempt(
    "close twice",
    () => session.close(),
    () => "closed",
  );
  const calls: Readonly<Record<string, () => Promise<unknown>>> = {
    evaluate: () => session.evaluate(musicBatch),
    trainStep: () => session.trainStep(musicBatch, settings),
    gradient: () => session.gradient(musicBatch),
    trace: () => session.trace(musicBatch),
    read: () => session.read(),
    write: () => session.write(state),
  };
  for (const [call, make] of Object.entries(calls))
    await attempt(`${call} after close`, make, () => "made");
}

await batches("music", music, musicBatch);
await batches("sound", sound, soundBatch);
await states();
await settingsAndOptions();
await models();
await endings();
tell("done", {});
process.exit(0); // a GPU's threads may live on
