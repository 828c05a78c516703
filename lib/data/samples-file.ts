import { createHash } from "node:crypto";
import { BadFileError } from "../errors.js";
import { parseJson } from "../files/json.js";
import { contentChecksum } from "../files/sealed-json.js";
import { ByteReader } from "./byte-reader.js";
import { type ByteSource, bytesOfFile } from "./byte-source.js";
import type { SpeechDataset, Waveform } from "./dataset.js";
import { type Split, splits } from "./dataset.js";
import { windowSteps } from "./speech-batches.js";

/**
 * A prepared speech set: the magic bytes, the length of the header (32 bits, little-endian), the header as JSON, then the samples of
 * all sequences as 32-bit floats, little-endian, full scale being 1: training, validation, test.
 */
interface SamplesHeader {
  readonly name: string;
  readonly title: string;
  readonly sampleRateHz: number;
  readonly sequenceSamples: number;
  readonly sequences: Readonly<Record<Split, number>>;
  readonly mean: number;
  readonly standardDeviation: number;
  /** See `samplesChecksum`. */
  readonly checksum: string;
  /** `contentChecksum` of all the above; files of before there was any have none. */
  readonly headerChecksum?: string;
}

const MAGIC = "gated-rnn samples 1\n";
const MOST_HEADER_BYTES = 1 << 16;
const PORTION_BYTES = 1 << 20;

/** The header's place: as long as the longest of its kind, so that it can be filled in last. */
export const SAMPLES_OFFSET = 4096;

export function headerBytes(header: SamplesHeader): Uint8Array {
  const json = JSON.stringify({ ...header, headerChecksum: contentChecksum(header) });
  const bytes = Buffer.alloc(SAMPLES_OFFSET, 0x20); // spaces are white space to JSON
  bytes.write(MAGIC, 0, "latin1");
  bytes.writeUInt32LE(SAMPLES_OFFSET - MAGIC.length - 4, MAGIC.length);
  if (bytes.write(json, MAGIC.length + 4, "utf8") < Buffer.byteLength(json))
    throw new RangeError("samples header: too long");
  return bytes;
}

/**
 * A speech set whose samples are read from its file as they are needed. All of them are read once now, for their checksum.
 *
 * @throws BadFileError when the file is not what was written; the system's error when it cannot be opened
 */
export function openSamples(path: string): SpeechDataset {
  const source = bytesOfFile(path);
  try {
    const { header, start } = readHeader(source);
    const { sequenceSamples, sequences, mean, standardDeviation } = header;
    const bytes = sequenceSamples * 4;
    const total = start + bytes * splits.reduce((sum, split) => sum + sequences[split], 0);
    if (source.size !== total)
      throw new BadFileError(
        path,
        source.size,
        `expected ${total} bytes, got ${source.size}; prepare the set again`,
      );
    const checksum = samplesChecksum(path, header);
    if (checksum !== header.checksum)
      throw new BadFileError(
        path,
        start,
        `expected samples of checksum ${header.checksum.slice(0, 8)}, got ${checksum.slice(0, 8)}; prepare the set again`,
      );
    const waveform = (name: string, offset: number): Waveform => {
      const read = () => samplesAt(path, offset, bytes).map((x) => (x - mean) / standardDeviation);
      return { name, length: sequenceSamples, read };
    };
    let offset = start;
    const waveforms = (split: Split) =>
      Array.from({ length: sequences[split] }, (_, i) => {
        offset += bytes;
        return waveform(`${header.name} ${split} ${i}`, offset - bytes);
      });
    const [train, valid, test] = splits.map(waveforms);
    const { name, title, sampleRateHz } = header;
    return {
      kind: "speech",
      name,
      title,
      synthetic: false,
      sampleRateHz,
      mean,
      standardDeviation,
      checksum,
      train,
      valid,
      test,
      ...(windowSteps(sequenceSamples) > 0 ? {} : { warnings: [tooShort(header)] }),
    };
  } finally {
    source.close();
  }
}

function tooShort({ sequences, sequenceSamples }: SamplesHeader): string {
  const count = splits.reduce((sum, split) => sum + sequences[split], 0);
  return `all ${count} sequences have nothing to predict: they have ${sequenceSamples} samples, a step takes 30`;
}

function samplesAt(path: string, offset: number, bytes: number): Float32Array {
  const source = bytesOfFile(path);
  try {
    const read = source.read(offset, bytes);
    if (read.length !== bytes)
      throw new BadFileError(
        path,
        offset,
        `expected ${bytes} bytes of samples, got ${read.length}`,
      );
    return new Float32Array(new Uint8Array(read).buffer); // little-endian, like every machine that Node runs on today
  } finally {
    source.close();
  }
}

/** sha256 over a set's shape and its samples. */
export function samplesChecksum(
  path: string,
  { sampleRateHz, sequenceSamples, sequences }: Omit<SamplesHeader, "checksum">,
): string {
  const hash = createHash("sha256");
  hash.update(
    JSON.stringify([sampleRateHz, sequenceSamples, ...splits.map((split) => sequences[split])]),
  );
  const source = bytesOfFile(path);
  try {
    for (let at = SAMPLES_OFFSET; at < source.size; at += PORTION_BYTES)
      hash.update(source.read(at, PORTION_BYTES));
  } finally {
    source.close();
  }
  return hash.digest("hex");
}

/** The checksum of what a prepared file contains, whatever its header says. @throws BadFileError when it is none */
export function samplesChecksumOf(path: string): string {
  const source = bytesOfFile(path);
  try {
    return samplesChecksum(path, readHeader(source).header);
  } finally {
    source.close();
  }
}

function readHeader(source: ByteSource): { header: SamplesHeader; start: number } {
  const reader = new ByteReader(source.file, source.read(0, MOST_HEADER_BYTES));
  if (reader.text(MAGIC.length, "the format's name") !== MAGIC)
    reader.fail("expected a prepared speech set, got something else", 0);
  const header = parseHeader(
    reader,
    reader.text(reader.uint32("the header's length"), "the header"),
  );
  return { header, start: reader.position };
}

function parseHeader(reader: ByteReader, json: string): SamplesHeader {
  const whole = (n: unknown, least: number) => Number.isSafeInteger(n) && (n as number) >= least;
  try {
    const parsed = parseJson(Buffer.from(json, "latin1").toString("utf8")) as SamplesHeader;
    const { headerChecksum, ...header } = parsed;
    const damaged = headerChecksum !== undefined && headerChecksum !== contentChecksum(header);
    const isRight =
      !damaged &&
      [header.name, header.title, header.checksum].every((text) => typeof text === "string") &&
      header.sampleRateHz > 0 &&
      whole(header.sequenceSamples, 1) &&
      splits.every((split) => whole(header.sequences[split], 0)) &&
      Number.isFinite(header.mean) &&
      header.standardDeviation > 0;
    if (isRight) return header;
  } catch {
    // told below
  }
  return reader.fail(
    "expected the header of a prepared speech set, got something else; prepare the set again",
    MAGIC.length + 4,
  );
}
