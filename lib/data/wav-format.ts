import type { ByteReader } from "./byte-reader.js";

/** How a WAV file stores its samples. */
export interface WavFormat {
  readonly encoding: "pcm" | "float" | "a-law" | "mu-law";
  /** Channels: 1 mono, 2 stereo. */
  readonly channels: number;
  /** Frames a second. */
  readonly sampleRateHz: number;
  /** Bits of one sample of one channel, as stored. */
  readonly bits: number;
  /** Bytes of one frame: a sample of every channel. */
  readonly frameBytes: number;
}

const MOST_CHANNELS = 256;
const EXTENSIBLE = 0xfffe;
/** What follows the two bytes of the format in the identifier of an extensible format, and what stands before and behind them in RIFX. */
const SUBFORMAT_TAIL = "000000001000800000aa00389b71";
const BIG_ENDIAN_TAIL = "00000010800000aa00389b71";

const encodings: Readonly<
  Record<number, { encoding: WavFormat["encoding"]; bits: readonly number[] }>
> = {
  1: { encoding: "pcm", bits: [8, 16, 24, 32] },
  3: { encoding: "float", bits: [32, 64] },
  6: { encoding: "a-law", bits: [8] },
  7: { encoding: "mu-law", bits: [8] },
};

/** Those of other formats that are met most. */
const otherFormats: Readonly<Record<number, string>> = {
  2: " (Microsoft ADPCM)",
  17: " (IMA ADPCM)",
  49: " (GSM 6.10)",
  80: " (MPEG)",
  85: " (MP3)",
  353: " (Windows Media)",
  8193: " (DTS)",
};

export function readFormat(reader: ByteReader, size: number, warnings: string[]): WavFormat {
  const start = reader.offset;
  if (size < 16) reader.fail(`expected a fmt chunk of at least 16 bytes, got ${size}`, start - 4);
  let tag = reader.uint16("the format");
  const channels = reader.uint16("the number of channels");
  const sampleRateHz = reader.uint32("the sample rate");
  const byteRate = reader.uint32("the byte rate");
  const frameBytes = reader.uint16("the block align");
  const bits = reader.uint16("the bits per sample");
  if (tag === EXTENSIBLE) {
    reader.take(8, "the extension of a WAVE_FORMAT_EXTENSIBLE"); // its size, valid bits and speakers
    tag = readSubformat(reader);
  }
  const known = encodings[tag];
  if (!known)
    return reader.fail(
      `expected PCM (1), float (3), A-law (6) or µ-law (7), got format ${tag}${otherFormats[tag] ?? ""}`,
      start,
    );
  if (channels < 1 || channels > MOST_CHANNELS)
    reader.fail(`expected 1 to ${MOST_CHANNELS} channels, got ${channels}`, start + 2);
  if (sampleRateHz === 0) reader.fail("expected a sample rate above 0, got 0", start + 4);
  if (!known.bits.includes(bits))
    reader.fail(
      `expected ${known.bits.join(", ")} bits of ${known.encoding}, got ${bits}`,
      start + 14,
    );
  if (frameBytes !== (channels * bits) / 8)
    reader.fail(
      `expected a block align of ${(channels * bits) / 8} for ${channels} × ${bits} bits, got ${frameBytes}`,
      start + 12,
    );
  if (byteRate !== (sampleRateHz * frameBytes) % 2 ** 32)
    warnings.push(`the byte rate says ${byteRate}, not ${sampleRateHz * frameBytes}`);
  return { encoding: known.encoding, channels, sampleRateHz, bits, frameBytes };
}

/** The format in an identifier of 16 bytes, a number of 32 bits first. RIFX files have it either way round. */
function readSubformat(reader: ByteReader): number {
  const offset = reader.offset;
  const identifier = Buffer.from(reader.take(16, "the subformat's identifier"));
  const hex = identifier.toString("hex");
  if (!reader.littleEndian && hex.startsWith("0000") && hex.endsWith(BIG_ENDIAN_TAIL))
    return identifier.readUInt16BE(2);
  if (!hex.endsWith(SUBFORMAT_TAIL))
    reader.fail(
      `expected a subformat that ends in ${SUBFORMAT_TAIL}, got ${hex.slice(4)}`,
      offset + 2,
    );
  return identifier.readUInt16LE(0);
}
