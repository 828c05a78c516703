const rotations = [13, 15, 26, 6, 17, 29, 16, 24] as const;

/**
 * Threefry-2x32 with 20 rounds (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"): two pseudo-random
 * 32-bit words as a pure function of a key and a counter. Writes them to `out[0]`, `out[1]`.
 */
export function threefry(
  key0: number,
  key1: number,
  counter0: number,
  counter1: number,
  out: Uint32Array,
): void {
  const key2 = 0x1bd11bda ^ key0 ^ key1;
  const keys = [key0 | 0, key1 | 0, key2 | 0];
  let x0 = (counter0 + key0) | 0;
  let x1 = (counter1 + key1) | 0;
  for (let group = 0; group < 5; group++) {
    for (let i = 0; i < 4; i++) {
      const r = rotations[(group % 2) * 4 + i];
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << r) | (x1 >>> (32 - r))) ^ x0;
    }
    x0 = (x0 + keys[(group + 1) % 3]) | 0;
    x1 = (x1 + keys[(group + 2) % 3] + group + 1) | 0;
  }
  out[0] = x0;
  out[1] = x1;
}
