import { GatedRnnError } from "../errors.js";
import { wholeNumber } from "./whole-number.js";

/**
 * A WAV file of 16-bit PCM. Samples beyond −1 … 1 are clipped.
 *
 * @param channels [channel][frame] samples in −1 … 1, all of one length
 * @throws GatedRnnError `usage` for channels of different lengths, none, a sample rate that is none, or samples that are not finite
 */
export function wavBytes(channels: readonly Float32Array[], sampleRateHz: number): Uint8Array {
  const frames = channels[0]?.length;
  if (frames === undefined || channels.some((c) => c.length !== frames))
    throw new GatedRnnError(
      "usage",
      `WAV: expected channels of one length, got ${channels.map((c) => c.length).join(", ") || "none"}`,
    );
  wholeNumber("WAV", "channels", channels.length, 1, 256);
  wholeNumber(
    "WAV",
    "a sample rate",
    sampleRateHz,
    1,
    Math.floor((2 ** 32 - 1) / (2 * channels.length)),
  );
  const bytes = new Uint8Array(44 + frames * channels.length * 2);
  const view = new DataView(bytes.buffer);
  const ascii = (text: string, at: number) =>
    bytes.set(
      Array.from(text, (letter) => letter.charCodeAt(0)),
      at,
    );
  ascii("RIFF", 0);
  view.setUint32(4, bytes.length - 8, true);
  ascii("WAVEfmt ", 8);
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, channels.length, true);
  view.setUint32(24, sampleRateHz, true);
  view.setUint32(28, sampleRateHz * channels.length * 2, true);
  view.setUint16(32, channels.length * 2, true);
  view.setUint16(34, 16, true);
  ascii("data", 36);
  view.setUint32(40, bytes.length - 44, true);
  let at = 44;
  for (let t = 0; t < frames; t++)
    for (const channel of channels) {
      const sample = channel[t];
      if (!Number.isFinite(sample))
        throw new GatedRnnError(
          "usage",
          `WAV: expected finite samples, got ${sample} at frame ${t}`,
        );
      view.setInt16(at, Math.max(-32768, Math.min(32767, Math.round(sample * 32768))), true);
      at += 2;
    }
  return bytes;
}
