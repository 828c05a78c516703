import type { WavReader } from "./wav.js";
import type { WavFormat } from "./wav-format.js";

/** What is in a WAV file. */
export interface WavContents {
  readonly kind: "wav";
  readonly format: WavFormat["encoding"];
  /** Channels: 1 mono, 2 stereo. */
  readonly channels: number;
  /** Frames a second. */
  readonly sampleRateHz: number;
  /** Bits of one sample of one channel, as stored. */
  readonly bits: number;
  /** Samples of every channel. */
  readonly frames: number;
  /** [frame][channel] the first 16 frames, in −1 … 1. */
  readonly first: readonly (readonly number[])[];
  readonly warnings: readonly string[];
}

const FIRST_FRAMES = 16;

export function wavContents({ format, frames, warnings, read }: WavReader): WavContents {
  const samples = read(0, FIRST_FRAMES);
  const first = Array.from(samples[0], (_, t) => samples.map((channel) => channel[t]));
  const { encoding, channels, sampleRateHz, bits } = format;
  return { kind: "wav", format: encoding, channels, sampleRateHz, bits, frames, first, warnings };
}
