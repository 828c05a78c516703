/** Writes small WAV files byte by byte, right or wrong. */

export const u16 = (n: number) => [n & 0xff, n >>> 8];
export const u32 = (n: number) => [...u16(n & 0xffff), ...u16(n >>> 16)];
const letters = (text: string) => [...text].map((c) => c.charCodeAt(0));

export interface Format {
  readonly tag?: number;
  readonly channels?: number;
  readonly sampleRateHz?: number;
  readonly bits?: number;
  readonly frameBytes?: number;
  readonly byteRate?: number;
}

/** A chunk with its padding byte. */
export const chunk = (id: string, content: readonly number[], size = content.length) => [
  ...letters(id),
  ...u32(size),
  ...content,
  ...(content.length % 2 ? [0] : []),
];

export function fmt(format: Format = {}, extension: readonly number[] = []): number[] {
  const { tag = 1, channels = 1, sampleRateHz = 8000, bits = 16 } = format;
  const { frameBytes = (channels * bits) / 8 } = format;
  const { byteRate = sampleRateHz * frameBytes } = format;
  return chunk("fmt ", [
    ...u16(tag),
    ...u16(channels),
    ...u32(sampleRateHz),
    ...u32(byteRate),
    ...u16(frameBytes),
    ...u16(bits),
    ...extension,
  ]);
}

export const riff = (...chunks: readonly (readonly number[])[]) => {
  const content = chunks.flat();
  return Uint8Array.from([
    ...letters("RIFF"),
    ...u32(content.length + 4),
    ...letters("WAVE"),
    ...content,
  ]);
};

export const wav = (samples: readonly number[], format?: Format) =>
  riff(fmt(format), chunk("data", samples));
