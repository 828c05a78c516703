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
  const bytes = Buffer.alloc(44 + frames * channels.length * 2);
  bytes.write("RIFF", 0, "latin1");
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write("WAVEfmt ", 8, "latin1");
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20); // PCM
  bytes.writeUInt16LE(channels.length, 22);
  bytes.writeUInt32LE(sampleRateHz, 24);
  bytes.writeUInt32LE(sampleRateHz * channels.length * 2, 28);
  bytes.writeUInt16LE(channels.length * 2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write("data", 36, "latin1");
  bytes.writeUInt32LE(bytes.length - 44, 40);
  let at = 44;
  for (let t = 0; t < frames; t++)
    for (const channel of channels) {
      const sample = channel[t];
      if (!Number.isFinite(sample))
        throw new GatedRnnError(
          "usage",
          `WAV: expected finite samples, got ${sample} at frame ${t}`,
        );
      bytes.writeInt16LE(Math.max(-32768, Math.min(32767, Math.round(sample * 32768))), at);
      at += 2;
    }
  return bytes;
}
