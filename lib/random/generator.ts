import { GatedRnnError } from "../errors.js";
import { normalFromBits } from "./normal.js";
import { threefry } from "./threefry.js";

/** A stream of random numbers that is a pure function of (seed, purpose): two purposes of one seed never share numbers. */
export interface Generator {
  /** Uniform on [0, 1), 32 random bits. */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
  /** Uniform integer in [0, n). */
  integer(n: number): number;
  /** A new array with the items in random order (Fisher–Yates). */
  shuffle<T>(items: readonly T[]): T[];
}

/**
 * Random numbers that follow from a seed and a purpose alone: the same on every machine, and
 * others for every other purpose.
 *
 * @param seed an integer in [0, 2^32)
 * @param purpose what the numbers are for, such as "initialise" or "shuffle epoch 3"
 * @throws GatedRnnError `usage` for a seed that is none: 32 bits would take it for another
 */
export function generator(seed: number, purpose: string): Generator {
  if (!(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32))
    throw new GatedRnnError(
      "usage",
      `${purpose}: expected a seed, a whole number from 0 to ${2 ** 32 - 1}, got ${String(seed)}`,
    );
  const key = purposeKey(purpose);
  const words = new Uint32Array(2);
  let drawn = 0;
  const next = () => {
    if (drawn % 2 === 0) threefry(seed, key, drawn / 2, 0x9e3779b9, words);
    return words[drawn++ % 2];
  };
  const uniform = () => next() / 2 ** 32;
  const integer = (n: number) => Math.floor(uniform() * n);
  return {
    uniform,
    integer,
    normal: () => normalFromBits(next()),
    shuffle: (items) => {
      const out = [...items];
      for (let i = out.length - 1; i > 0; i--) {
        const j = integer(i + 1);
        [out[i], out[j]] = [out[j], out[i]];
      }
      return out;
    },
  };
}

/** FNV-1a, 32 bits. */
function purposeKey(purpose: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(purpose)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
