/** Writes small MIDI files byte by byte, right or wrong. */

const u16 = (n: number) => [n >>> 8, n & 0xff];
const u32 = (n: number) => [...u16(n >>> 16), ...u16(n & 0xffff)];
const letters = (text: string) => [...text].map((c) => c.charCodeAt(0));

export const chunk = (id: string, content: readonly number[], size = content.length) => [
  ...letters(id),
  ...u32(size),
  ...content,
];

export interface Header {
  readonly format?: number;
  readonly tracks?: number;
  readonly division?: number;
}

export const header = ({ format = 0, tracks = 1, division = 480 }: Header = {}) =>
  chunk("MThd", [...u16(format), ...u16(tracks), ...u16(division)]);

export const END = [0, 0xff, 0x2f, 0];

/** A whole file: a header, and one track for each list of bytes, closed by an end of track. */
export const midi = (tracks: readonly (readonly number[])[], options: Header = {}) =>
  Uint8Array.from([
    ...header({ format: tracks.length > 1 ? 1 : 0, tracks: tracks.length, ...options }),
    ...tracks.flatMap((t) => chunk("MTrk", [...t, ...END])),
  ]);

export const on = (delta: number, pitch: number, { channel = 0, velocity = 64 } = {}) => [
  ...delay(delta),
  0x90 | channel,
  pitch,
  velocity,
];
export const off = (delta: number, pitch: number, { channel = 0 } = {}) => [
  ...delay(delta),
  0x80 | channel,
  pitch,
  0,
];
export const tempo = (delta: number, microseconds: number) => [
  ...delay(delta),
  0xff,
  0x51,
  3,
  ...u32(microseconds).slice(1),
];

/** A variable-length quantity. */
export function delay(ticks: number): number[] {
  const bytes = [ticks & 0x7f];
  for (let rest = ticks >>> 7; rest > 0; rest >>>= 7) bytes.unshift((rest & 0x7f) | 0x80);
  return bytes;
}
