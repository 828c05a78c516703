import { createHash } from "node:crypto";
import { closeSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { BadFileError, GatedRnnError } from "../errors.js";
import { makeFolder } from "../files/folder.js";
import { removeLeftovers } from "../files/leftovers.js";
import { tryFiles } from "../files/place.js";
import { unwritable } from "../files/target.js";
import type { SpeechDataset, Split } from "./dataset.js";
import { filesIn } from "./file-tree.js";
import { firstNames } from "./first-names.js";
import { canResample, resample } from "./resample.js";
import { headerBytes, openSamples, SAMPLES_OFFSET, samplesChecksum } from "./samples-file.js";
import { type Piece, type PlanOptions, planSpeech, type Recording } from "./speech-plan.js";
import { type SplitRule, splitGroups, splitOfPath } from "./split-rule.js";
import { type WavReader, wavInMemory } from "./wav.js";

/** How WAV files become a data set. */
export interface SpeechOptions extends PlanOptions {
  readonly name: string;
  readonly title?: string;
  /** Rate of the set (default: the first file's); other files are resampled. */
  readonly sampleRateHz?: number;
  /** Which channel to take, from 0, or the mean of all (default). */
  readonly channel?: number | "mix";
  /** Whom a recording belongs to (default: the folder it lies in, else the file itself): a group is never split. */
  readonly group?: (file: string) => string;
  /** The split by a rule on groups (default, where there are no folders `train`, `valid` and `test`), or by the file's name. */
  readonly split?: SplitRule | ((file: string) => Split);
  /** Told of every file that is done. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

/** WAV files as a data set, and what was left out of it; see `speechFromWavs`. */
export interface SpeechCorpus {
  readonly dataset: SpeechDataset;
  /** Malformed files, with the reason, and copies of recordings found before: both are left out. */
  readonly refused: readonly { readonly file: string; readonly problem: string }[];
  readonly duplicates: readonly { readonly file: string; readonly of: string }[];
  readonly warnings: readonly { readonly file: string; readonly warning: string }[];
}

/** Sets that this process has begun to write: each has a temporary name of its own. */
let begun = 0;

/**
 * Makes a speech set of the WAV files in a folder or zip archive and writes it to `out` (see `samples-file.ts`), whole or not at
 * all. One recording is in memory at a time, so the corpus may be larger than memory; so may the set, whose samples are
 * read when they are needed. No speaker and no recording gets into two splits.
 *
 * @throws GatedRnnError `usage` when there are no WAV files, or too few for what is asked; `bad-file` when all are malformed, or the training
 *   set is silent
 */
export async function speechFromWavs(
  path: string,
  out: string,
  options: SpeechOptions,
): Promise<SpeechCorpus> {
  tryFiles([out]);
  const { refused, duplicates, warnings, found, rate } = await survey(path, options);
  if (found.length === 0 && refused.length > 0)
    throw new GatedRnnError("bad-file", `${path}: expected WAV files, got ${refused[0].problem}`);
  if (found.length === 0) throw new GatedRnnError("usage", `${path}: expected WAV files, got none`);
  const short = tooShort(path, found, options);
  warnings.push(...short);
  const plan = planned(assign(found, options.split), options, short);
  const { name, title = name, sequenceSamples } = options;
  const shape = { name, title, sampleRateHz: rate, sequenceSamples, sequences: plan.sequences };
  makeFolder(dirname(out));
  removeLeftovers(dirname(out));
  const partial = `${out}.${++begun}.${process.pid}.part`;
  try {
    const descriptor = openSync(partial, "w");
    try {
      const training = new Moments();
      let done = 0;
      for await (const { name: file, read } of filesIn(path, [".wav"])) {
        const pieces = plan.pieces.get(file);
        if (!pieces) continue;
        const samples = await monoSamples(
          wavInMemory(await read(), file),
          file,
          rate,
          options.channel,
        );
        for (const piece of pieces)
          write(
            descriptor,
            samples,
            piece,
            sequenceSamples,
            piece.sequence < plan.sequences.train ? training : undefined,
          );
        options.onProgress?.({ done: ++done, total: plan.pieces.size });
      }
      const { mean, standardDeviation } = training;
      if (!(standardDeviation > 0))
        throw new GatedRnnError(
          "bad-file",
          `${path}: expected speech to train on, got samples that are all ${mean}`,
        );
      const header = { ...shape, mean, standardDeviation };
      writeSync(
        descriptor,
        headerBytes({ ...header, checksum: samplesChecksum(partial, header) }),
        0,
        SAMPLES_OFFSET,
        0,
      );
    } finally {
      closeSync(descriptor);
    }
    renameSync(partial, out);
  } catch (error) {
    throw (error as NodeJS.ErrnoException).syscall ? unwritable(out, error) : error; // a full disk
  } finally {
    rmSync(partial, { force: true });
  }
  return { dataset: openSamples(out), refused, duplicates, warnings };
}

interface Found {
  readonly file: string;
  readonly samples: number;
  readonly group: string;
}

/** Which recordings there are and how long they will be, without decoding one. */
async function survey(path: string, { sampleRateHz, group = folderOf }: SpeechOptions) {
  const found: Found[] = [];
  const refused: { file: string; problem: string }[] = [];
  const duplicates: { file: string; of: string }[] = [];
  const warnings: { file: string; warning: string }[] = [];
  const contents = new Map<string, string>();
  let rate = sampleRateHz;
  for await (const { name: file, read } of filesIn(path, [".wav"]))
    try {
      const bytes = await read();
      const { format, frames, warnings: untidy } = wavInMemory(bytes, file);
      warnings.push(...untidy.map((warning) => ({ file, warning })));
      const content = createHash("sha256").update(bytes).digest("base64");
      const same = contents.get(content);
      if (same !== undefined) {
        duplicates.push({ file, of: same });
        continue;
      }
      contents.set(content, file);
      rate ??= format.sampleRateHz;
      if (!canResample(format.sampleRateHz, rate))
        throw new BadFileError(
          file,
          24,
          `expected a sample rate that can be brought to ${rate} Hz, got ${format.sampleRateHz}`,
        );
      found.push({
        file,
        samples: Math.round((frames * rate) / format.sampleRateHz),
        group: group(file),
      });
    } catch (error) {
      if (!(error instanceof GatedRnnError && error.code === "bad-file")) throw error;
      refused.push({ file, problem: error.message });
    }
  return { found, refused, duplicates, warnings, rate: rate ?? 0 };
}

/** The plan; what it lacks is told together with the recordings that were too short for it. */
function planned(
  recordings: readonly Recording[],
  options: SpeechOptions,
  short: readonly { readonly warning: string }[],
) {
  try {
    return planSpeech(recordings, options);
  } catch (error) {
    if (!(error instanceof GatedRnnError) || short.length === 0) throw error;
    throw new GatedRnnError(error.code, `${error.message}; ${short[0].warning}`, { cause: error });
  }
}

/** One warning for the recordings of which nothing is taken, as they are shorter than a sequence. */
function tooShort(
  path: string,
  found: readonly Found[],
  { sequenceSamples, join = false }: SpeechOptions,
): { file: string; warning: string }[] {
  const short = found.filter(({ samples }) => samples < (join ? 1 : sequenceSamples));
  if (short.length === 0) return [];
  const why = join ? "no samples" : `fewer than the ${sequenceSamples} samples of a sequence`;
  const names = firstNames(short.map(({ file }) => file));
  const warning = `${short.length} of ${found.length} recordings are left out, with ${why}: ${names}`;
  return [{ file: path, warning }];
}

function folderOf(file: string): string {
  const parts = file.split("/");
  const folders = parts.slice(0, -1).filter((part) => splitOfPath(`${part}/x`) === undefined);
  return folders.length > 0 ? folders.join("/") : file;
}

function assign(found: readonly Found[], rule: SpeechOptions["split"]): Recording[] {
  if (typeof rule === "function") return found.map((f) => ({ ...f, split: rule(f.file) }));
  if (!rule && found.every(({ file }) => splitOfPath(file)))
    return found.map((f) => ({ ...f, split: splitOfPath(f.file) as Split }));
  const splits = splitGroups(
    found.map((f) => f.group),
    rule,
  );
  return found.map((f) => ({ ...f, split: splits.get(f.group) as Split }));
}

async function monoSamples(
  wav: WavReader,
  file: string,
  rate: number,
  channel: number | "mix" = "mix",
): Promise<Float32Array> {
  const channels = wav.read(0, wav.frames);
  if (channel !== "mix" && !(Number.isInteger(channel) && channels[channel]))
    throw new GatedRnnError(
      "usage",
      `${file}: expected a channel from 0 to ${channels.length - 1}, got ${channel}`,
    );
  const samples = channel === "mix" ? mean(channels) : channels[channel];
  const wrong = samples.findIndex((x) => !Number.isFinite(x));
  if (wrong >= 0)
    throw new BadFileError(
      file,
      0,
      `expected finite samples, got ${samples[wrong]} at frame ${wrong}`,
    );
  return resample(samples, wav.format.sampleRateHz, rate);
}

function mean(channels: readonly Float32Array[]): Float32Array {
  if (channels.length === 1) return channels[0];
  return channels[0].map(
    (_, t) => channels.reduce((sum, channel) => sum + channel[t], 0) / channels.length,
  );
}

function write(
  descriptor: number,
  samples: Float32Array,
  { first, count, sequence, at }: Piece,
  length: number,
  training?: Moments,
): void {
  const piece = samples.subarray(first, first + count);
  training?.add(piece);
  const place = SAMPLES_OFFSET + 4 * (sequence * length + at);
  writeSync(
    descriptor,
    new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength),
    0,
    piece.byteLength,
    place,
  );
}

/** Mean and standard deviation of samples as they come by. */
class Moments {
  #count = 0;
  #sum = 0;
  #squares = 0;

  add(samples: Float32Array): void {
    for (const x of samples) {
      this.#sum += x;
      this.#squares += x * x;
    }
    this.#count += samples.length;
  }

  get mean(): number {
    return this.#sum / this.#count;
  }

  get standardDeviation(): number {
    return Math.sqrt(Math.max(0, this.#squares / this.#count - this.mean ** 2));
  }
}
