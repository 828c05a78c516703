/** One way to damage bytes: `at`, `from` and `size` are taken modulo the length, `value` modulo what it replaces. */
export interface Damage {
  readonly kind: (typeof damageKinds)[number];
  readonly at: number;
  readonly from: number;
  readonly size: number;
  readonly value: number;
}

export const damageKinds = ["flip", "byte", "number", "cut", "repeat", "end", "insert"] as const;

const extremes = [
  0, 1, 2, 4, 8, 16, 60_000, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x10000, 0x7fffffff, 0x80000000,
  0xfffffffe, 0xffffffff,
];

export function damaged(seed: Uint8Array, steps: readonly Damage[]): Uint8Array {
  let bytes = Buffer.from(seed);
  for (const { kind, at, from, size, value } of steps) {
    if (bytes.length === 0) break;
    const place = at % bytes.length;
    const length = 1 + (size % Math.min(32, bytes.length));
    const extreme = extremes[value % extremes.length];
    switch (kind) {
      case "flip":
        bytes[place] ^= 1 << (value % 8);
        break;
      case "byte":
        bytes[place] = value;
        break;
      case "number": // a size or count, in either byte order
        if (place + 4 <= bytes.length)
          value % 2 ? bytes.writeUInt32LE(extreme, place) : bytes.writeUInt32BE(extreme, place);
        break;
      case "cut":
        bytes = Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + length)]);
        break;
      case "repeat": {
        const start = from % bytes.length;
        bytes = Buffer.concat([
          bytes.subarray(0, place),
          bytes.subarray(start, start + length),
          bytes.subarray(place),
        ]);
        break;
      }
      case "end":
        bytes = bytes.subarray(0, place);
        break;
      case "insert":
        bytes = Buffer.concat([
          bytes.subarray(0, place),
          Buffer.alloc(length, value),
          bytes.subarray(place),
        ]);
    }
  }
  return bytes;
}
