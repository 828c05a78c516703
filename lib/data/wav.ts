import { decode } from "wav-decoder";
import { type ByteSource, bytesInMemory, bytesOfFile } from "./byte-source.js";
import { expandALaw, expandMuLaw } from "./g711.js";
import { type WavChunks, wavChunks } from "./wav-chunks.js";
import type { WavFormat } from "./wav-format.js";

/** A WAV file whose samples are read where they are needed. */
export interface WavReader extends Omit<WavChunks, "dataOffset" | "littleEndian"> {
  /** [channel][frame] samples in −1 … 1, from frame `first` on, at most `count` frames, fewer at the end. */
  read(first: number, count: number): Float32Array[];
  /** Gives the file back; nothing can be read afterwards. */
  close(): void;
}

const PORTION_FRAMES = 1 << 14;

/**
 * Opens a WAV file without reading its samples: a corpus may be larger than memory. `close` it.
 *
 * @throws BadFileError when it is malformed (see `wavChunks`)
 */
export function openWav(path: string): WavReader {
  return wavReader(bytesOfFile(path));
}

/** The same for bytes that are in memory. @param file name for messages */
export function wavInMemory(bytes: Uint8Array, file: string): WavReader {
  return wavReader(bytesInMemory(bytes, file));
}

function wavReader(source: ByteSource): WavReader {
  try {
    const { dataOffset, littleEndian, ...chunks } = wavChunks(source);
    const { format, frames } = chunks;
    const read = (first: number, count: number) => {
      const begin = Math.min(Math.max(0, first), frames);
      const end = Math.min(frames, begin + Math.max(0, count));
      const channels = Array.from({ length: format.channels }, () => new Float32Array(end - begin));
      for (let at = begin; at < end; at += PORTION_FRAMES) {
        const portion = Math.min(PORTION_FRAMES, end - at);
        const bytes = source.read(dataOffset + at * format.frameBytes, portion * format.frameBytes);
        decodeFrames(littleEndian ? bytes : swapped(bytes, format.bits / 8), format).forEach(
          (samples, c) => {
            channels[c].set(samples, at - begin);
          },
        );
      }
      return channels;
    };
    return { ...chunks, read, close: source.close };
  } catch (error) {
    source.close();
    throw error;
  }
}

/**
 * Samples of whole frames. `wav-decoder` gets them behind a plain header of our own; 8 bits (whose zero it misses by half a
 * step), 24 bits (whose lowest value it takes for the highest), A-law and µ-law are widened to 16 or 32 bits first.
 */
function decodeFrames(bytes: Uint8Array, { encoding, bits, channels }: WavFormat): Float32Array[] {
  const widened =
    encoding === "a-law" || encoding === "mu-law" || bits === 8 ? 16 : bits === 24 ? 32 : bits;
  const samples = (bytes.length * 8) / bits;
  const buffer = new ArrayBuffer(HEADER_BYTES + (samples * widened) / 8);
  writeHeader(new DataView(buffer), encoding === "float" ? 3 : 1, channels, widened);
  if (encoding === "a-law") expandALaw(bytes, new Int16Array(buffer, HEADER_BYTES));
  else if (encoding === "mu-law") expandMuLaw(bytes, new Int16Array(buffer, HEADER_BYTES));
  else if (bits === 8) widen8(bytes, new Int16Array(buffer, HEADER_BYTES));
  else if (bits === 24) widen24(bytes, new Int32Array(buffer, HEADER_BYTES));
  else new Uint8Array(buffer, HEADER_BYTES).set(bytes);
  return decode.sync(buffer, { symmetric: true }).channelData;
}

/** The same numbers with their lowest byte first. */
function swapped(bytes: Uint8Array, size: number): Uint8Array {
  const copy = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i += size)
    for (let k = 0; k < size; k++) copy[i + k] = bytes[i + size - 1 - k];
  return copy;
}

const HEADER_BYTES = 48; // 44 used, the rest a multiple of 4 for the arrays behind it

function writeHeader(view: DataView, tag: number, channels: number, bits: number): void {
  const frameBytes = (channels * bits) / 8;
  const name = (at: number, text: string) => {
    for (let i = 0; i < text.length; i++) view.setUint8(at + i, text.charCodeAt(i));
  };
  name(0, "RIFF");
  name(8, "WAVE");
  name(12, "fmt ");
  view.setUint32(16, 20, true); // four bytes more than needed
  view.setUint16(20, tag, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, 8000, true);
  view.setUint32(28, 8000 * frameBytes, true);
  view.setUint16(32, frameBytes, true);
  view.setUint16(34, bits, true);
  name(40, "data");
  view.setUint32(44, view.byteLength - HEADER_BYTES, true);
}

function widen8(from: Uint8Array, to: Int16Array): void {
  for (let i = 0; i < from.length; i++) to[i] = (from[i] - 128) << 8;
}

function widen24(from: Uint8Array, to: Int32Array): void {
  for (let i = 0, at = 0; i < to.length; i++, at += 3)
    to[i] = (from[at] << 8) | (from[at + 1] << 16) | (from[at + 2] << 24);
}
