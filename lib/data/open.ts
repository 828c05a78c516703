import { prepareMusic } from "../../data-prep/prepare.js";
import { GatedRnnError } from "../errors.js";
import type { MusicDataset } from "./dataset.js";
import { loadMusic } from "./music.js";
import { musicSetNames } from "./music-sets.js";
import { syntheticChorales } from "./synthetic.js";

/** A data set by its name on the command line; prepared on first use, from the mirror or the network. */
export async function openMusic(name: string, signal?: AbortSignal): Promise<MusicDataset> {
  if (name === "synthetic") return syntheticChorales();
  if (!musicSetNames.some((known) => known === name))
    throw new GatedRnnError("usage", `data: expected one of ${musicSetNames.join(", ")} or synthetic, got ${name}`);
  try {
    return await loadMusic(name);
  } catch (error) {
    if (!(error instanceof GatedRnnError && error.code === "data-missing")) throw error;
    process.stderr.write(`preparing ${name}\n`);
    await prepareMusic([name], signal ? { signal } : {});
    return loadMusic(name);
  }
}
