import { ByteReader, latin1 } from "./byte-reader.js";
import type { ByteSource } from "./byte-source.js";
import { otherSound } from "./other-sound.js";

/** RIFF; RIFX, its twin with the highest byte first; RF64 and BW64, whose sizes of 64 bits stand in a chunk ds64. */
const wavNames = ["RIFF", "RIFX", "RF64", "BW64"];

/** Whether a file begins like a WAV file of any container. */
export function isWav(bytes: Uint8Array): boolean {
  return (
    wavNames.includes(latin1(bytes.subarray(0, 4))) && latin1(bytes.subarray(8, 12)) === "WAVE"
  );
}

interface WavContainer {
  readonly littleEndian: boolean;
  /** Sizes of chunks that 32 bits do not hold, by name; 0xFFFFFFFF stands in their place. */
  readonly largeSizes: ReadonlyMap<string, number>;
}

const HEAD_BYTES = 12;
const MOST_DS64_BYTES = 1 << 12;

/** @throws BadFileError when this is no WAV file; another kind of sound file is called by its name */
export function wavContainer(source: ByteSource): WavContainer {
  const head = new ByteReader(source.file, source.read(0, HEAD_BYTES));
  const name = head.text(4, "the name RIFF");
  if (!wavNames.includes(name)) {
    const known = otherSound(source.read(0, 64));
    head.fail(
      `expected RIFF, got ${JSON.stringify(name)}; this is not a WAV file${known ? ` but ${known}: convert it` : ""}`,
      0,
    );
  }
  head.uint32("the RIFF size"); // says nothing that the chunks do not
  const wave = head.text(4, "the name WAVE");
  if (wave !== "WAVE") head.fail(`expected WAVE, got ${JSON.stringify(wave)}`, 8);
  return {
    littleEndian: name !== "RIFX",
    largeSizes: name === "RF64" || name === "BW64" ? readLargeSizes(source) : new Map(),
  };
}

/** EBU Tech 3306 and ITU-R BS.2088: the sizes of RIFF and data, the number of samples, then a table of other chunks. */
function readLargeSizes(source: ByteSource): Map<string, number> {
  const sizes = new Map<string, number>();
  const tag = new ByteReader(source.file, source.read(HEAD_BYTES, 8), HEAD_BYTES);
  if (tag.left < 8 || tag.text(4, "a name") !== "ds64") return sizes; // its sizes then fit 32 bits, or are not known
  const bytes = Math.min(tag.uint32("a size"), MOST_DS64_BYTES);
  const start = HEAD_BYTES + 8;
  const reader = new ByteReader(source.file, source.read(start, bytes), start);
  const size64 = () => reader.uint32("a size") + 2 ** 32 * reader.uint32("a size");
  if (reader.left < 24)
    reader.fail(`expected a chunk ds64 of at least 24 bytes, got ${reader.left}`);
  size64();
  sizes.set("data", size64());
  size64();
  const entries = reader.left < 4 ? 0 : reader.uint32("the table's length");
  for (let i = 0; i < entries && reader.left >= 12; i++)
    sizes.set(reader.text(4, "a name"), size64());
  return sizes;
}
