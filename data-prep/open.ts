import type { MusicDataset, SpeechDataset } from "../lib/data/dataset.js";
import { loadMusic } from "../lib/data/music.js";
import { dataFolder, musicSetNames } from "../lib/data/music-sets.js";
import { loadSpeech, speechSetNames } from "../lib/data/speech.js";
import { syntheticChorales } from "../lib/data/synthetic.js";
import { GatedRnnError } from "../lib/errors.js";
import { inTurn } from "../lib/files/in-turn.js";
import { prepareMusic } from "./prepare.js";
import { prepareSpeech } from "./speech.js";

/** Every data set that has a name on the command line. */
export const datasetNames: readonly string[] = [...musicSetNames, ...speechSetNames, "synthetic"];

/** A data set by its name, music or speech; prepared on first use, from the mirror or the network. */
export async function openData(
  name: string,
  signal?: AbortSignal,
): Promise<MusicDataset | SpeechDataset> {
  if (!speechSetNames.some((known) => known === name)) return openMusic(name, signal, datasetNames);
  return preparing(
    name,
    async () => loadSpeech(name),
    () => prepareSpeech([name], signal ? { signal } : {}),
  );
}

/** A set of piano-rolls by its name; prepared on first use, from the mirror or the network. */
export async function openMusic(
  name: string,
  signal?: AbortSignal,
  names: readonly string[] = [...musicSetNames, "synthetic"],
): Promise<MusicDataset> {
  if (name === "synthetic") return syntheticChorales();
  if (!musicSetNames.some((known) => known === name))
    throw new GatedRnnError("usage", `data: expected one of ${names.join(", ")}, got ${name}`);
  return preparing(
    name,
    () => loadMusic(name),
    () => prepareMusic([name], signal ? { signal } : {}),
  );
}

async function preparing<T extends { readonly warnings?: readonly string[] }>(
  name: string,
  load: () => Promise<T>,
  prepare: () => Promise<unknown>,
): Promise<T> {
  const dataset = await loading(name, load, prepare);
  for (const warning of dataset.warnings ?? [])
    process.stderr.write(`warning: ${name}: ${warning}\n`);
  return dataset;
}

async function loading<T>(
  name: string,
  load: () => Promise<T>,
  prepare: () => Promise<unknown>,
): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  return inTurn(`${dataFolder()} ${name}`, async () => {
    try {
      return await load(); // somebody was before us
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    process.stderr.write(`preparing ${name}\n`);
    await prepare();
    return load();
  });
}

const isMissing = (error: unknown) =>
  error instanceof GatedRnnError && error.code === "data-missing";
