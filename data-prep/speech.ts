import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import type { SpeechDataset, Split } from "../lib/data/dataset.js";
import { filesIn } from "../lib/data/file-tree.js";
import { dataFolder } from "../lib/data/music-sets.js";
import { type SpeechSetName, speechFile, speechSetNames, speechSets } from "../lib/data/speech.js";
import { speechFromWavs } from "../lib/data/speech-corpus.js";
import { GatedRnnError } from "../lib/errors.js";
import { makeFolder } from "../lib/files/folder.js";
import { inTurn } from "../lib/files/in-turn.js";
import { tryFiles } from "../lib/files/place.js";
import { fetchSource } from "./fetch.js";
import type { PrepareOptions } from "./prepare.js";
import type { SourceFile } from "./sources.js";

/** The Free Spoken Digit Dataset (Zohar Jackson and others): 3,000 recordings of 6 speakers, 8 kHz, 16 bits. */
export const spokenDigits = {
  /** The recordings packed by this project; only mirrors have this file. */
  packed: {
    path: "speech/fsdd.zip",
    kind: "zip" as const,
    bytes: 16_193_369,
    sha256: "c3cc060c5ba85d3cf64a43a8b0a1b2294a367070c37bd9762e01de17cd9cbd70",
    addresses: [],
  } satisfies SourceFile,
  /** The repository at one revision, packed by GitHub on demand: its bytes may change, its recordings may not. */
  archive:
    "https://codeload.github.com/Jakobovski/free-spoken-digit-dataset/zip/f542ed54a2200dcbc85d7545f3833ae4b6c02898",
  mostBytes: 64 * 2 ** 20,
  recordings: 3000,
  /** `recordingsChecksum` */
  checksum: "22eed2aaa4f9692f65c693d4bb9c15a7a3c34db61e529c9e735ccb095c96a69a",
  licence: "CC BY-SA 4.0 (Zohar Jackson and others)",
} as const;

/** The speech presets: sequences per split, and what the prepared set must contain. */
export const speechSources: Readonly<
  Record<
    SpeechSetName,
    { counts: Readonly<Record<Split, number>>; join: boolean; checksum: string }
  >
> = {
  "speech-a": {
    counts: { train: 5784, valid: 723, test: 723 },
    join: false,
    checksum: "bf7e48c7965c4c44614d94c80d78b091e614e4c5a90cd4fb44079dbe8da695d7",
  },
  "speech-b": {
    counts: { train: 640, valid: 80, test: 80 },
    join: true,
    checksum: "da356d4d6e5f384b6b69ac09e34ee902e471c9d34af2c2e7c823f586cf47d521",
  },
};

/** @throws GatedRnnError `usage` when there is no preset of that name */
function speechSetName(name: string): SpeechSetName {
  const known = speechSetNames.find((n) => n === name);
  if (known) return known;
  throw new GatedRnnError(
    "usage",
    `data: expected one of ${speechSetNames.join(", ")}, got ${name}`,
  );
}

/**
 * Makes the presets `speech-a` and `speech-b` of the Free Spoken Digit Dataset, fetched if need be, and checks what came out.
 *
 * The split is by recording, as the data set rules: indices 0 to 4 of every speaker and digit are the test set; 5 to 9 are taken for validation.
 * For speech-b the utterances of a speaker are joined within a split, since few last a second. Which sequences are taken is
 * drawn with seed 1.
 *
 * @throws GatedRnnError `usage`, `record`, `download`, `data-missing` or `bad-file`, like `prepareMusic`
 */
export async function prepareSpeech(
  names: readonly string[],
  options: PrepareOptions = {},
): Promise<SpeechDataset[]> {
  const { folder = dataFolder() } = options;
  const known = names.map(speechSetName);
  tryFiles(known.map((name) => speechFile(name, folder)));
  const archive = await fetchSpokenDigits(options);
  const sets: SpeechDataset[] = [];
  for (const name of known) {
    const { counts, join: joins, checksum } = speechSources[name];
    const out = speechFile(name, folder);
    const { dataset } = await speechFromWavs(archive, out, {
      name,
      ...speechSets[name],
      counts,
      join: joins,
      group: speakerOf,
      split: (file) => (indexOf(file) < 5 ? "test" : indexOf(file) < 10 ? "valid" : "train"),
      onProgress: ({ done, total }) => {
        const totalBytes = spokenDigits.packed.bytes;
        options.onProgress?.({
          path: name,
          receivedBytes: (totalBytes * done) / total,
          totalBytes,
        });
      },
    });
    if (dataset.checksum !== checksum) {
      await rm(out, { force: true });
      throw new GatedRnnError(
        "bad-file",
        `${name}: expected contents with checksum ${checksum}, got ${dataset.checksum}; fetch it again`,
      );
    }
    sets.push(dataset);
  }
  return sets;
}

/** `7_jackson_32.wav` is the digit 7, spoken by jackson, recording 32. */
const parts = (file: string) => (file.split("/").at(-1) ?? "").replace(/\.wav$/i, "").split("_");
const speakerOf = (file: string) => parts(file)[1] ?? file;
const indexOf = (file: string) => Number(parts(file)[2]);

/** The recordings as a zip archive: from the mirror or where they were fetched before, else from GitHub. */
export async function fetchSpokenDigits(
  options: PrepareOptions = {},
  archive: string = spokenDigits.archive,
): Promise<string> {
  const sources = join(options.folder ?? dataFolder(), "sources");
  return inTurn(join(sources, "speech"), () => fetchDigits(sources, archive, options));
}

async function fetchDigits(
  sources: string,
  archive: string,
  options: PrepareOptions,
): Promise<string> {
  const { offline = process.env.GATED_RNN_OFFLINE === "1", signal } = options;
  let refusal: GatedRnnError;
  try {
    return await fetchSource(spokenDigits.packed, sources, options);
  } catch (error) {
    if (!(error instanceof GatedRnnError) || error.code === "record") throw error;
    if (signal?.aborted) throw error;
    refusal = error;
  }
  const file = join(sources, "speech", "fsdd-github.zip");
  if ((await recordingsChecksum(file).catch(() => "")) === spokenDigits.checksum) return file;
  if (offline) throw new GatedRnnError("data-missing", refusal.message);
  const partial = join(sources, "speech", `fsdd-github.${process.pid}.part.zip`);
  try {
    await download(archive, partial, options);
    const checksum = await recordingsChecksum(partial).catch((error: Error) => error.message);
    if (checksum !== spokenDigits.checksum)
      throw new GatedRnnError(
        "download",
        `speech: expected recordings with checksum ${spokenDigits.checksum}, got ${checksum}`,
      );
    await rename(partial, file);
    return file;
  } finally {
    await rm(partial, { force: true });
  }
}

/** sha256 over the recordings of an archive in the order of their names: each name without folders, its length in bytes, its bytes. */
export async function recordingsChecksum(archive: string): Promise<string> {
  const found: [string, string][] = [];
  for await (const { name, read } of filesIn(archive, [".wav"])) {
    const bytes = await read();
    found.push([
      name.split("/").at(-1) ?? "",
      `${bytes.length} ${createHash("sha256").update(bytes).digest("hex")}`,
    ]);
  }
  const lines = found
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, content]) => `${name} ${content}\n`);
  return createHash("sha256").update(lines.join("")).digest("hex");
}

/** A file whose size is not known beforehand, of at most `mostBytes`. */
async function download(
  address: string,
  part: string,
  { signal, onProgress, stallMs = 20_000 }: PrepareOptions,
): Promise<void> {
  const stalled = new AbortController();
  const stop = () => stalled.abort();
  let timer = setTimeout(stop, stallMs);
  signal?.addEventListener("abort", stop);
  let received = 0;
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      clearTimeout(timer);
      timer = setTimeout(stop, stallMs);
      received += chunk.length;
      onProgress?.({
        path: "speech/fsdd-github.zip",
        receivedBytes: received,
        totalBytes: Math.max(received, spokenDigits.packed.bytes),
      });
      done(
        received > spokenDigits.mostBytes
          ? new Error(`more than ${spokenDigits.mostBytes} bytes`)
          : null,
        chunk,
      );
    },
  });
  try {
    makeFolder(dirname(part));
    const answer = await fetch(address, { signal: stalled.signal });
    if (!answer.ok || !answer.body) throw new Error(`HTTP ${answer.status}`);
    await pipeline(Readable.fromWeb(answer.body as ReadableStream), count, createWriteStream(part));
  } catch (error) {
    const why = signal?.aborted
      ? "stopped"
      : stalled.signal.aborted
        ? `no data for ${stallMs / 1000} s`
        : (((error as Error).cause as Error | undefined)?.message ?? (error as Error).message);
    throw new GatedRnnError(
      "download",
      `speech/fsdd-github.zip: ${new URL(address).host}: ${why}; set GATED_RNN_MIRROR`,
      { cause: error },
    );
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}
