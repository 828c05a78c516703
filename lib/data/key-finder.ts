/** How often each pitch class sounds over a major or minor tonic, in common-practice music: Temperley, "Music and Probability" (2007), from the Kostka–Payne corpus. */
const profiles = {
  major: [0.748, 0.06, 0.488, 0.082, 0.67, 0.46, 0.096, 0.715, 0.104, 0.366, 0.057, 0.4],
  minor: [0.712, 0.084, 0.474, 0.618, 0.049, 0.46, 0.105, 0.747, 0.404, 0.067, 0.133, 0.33],
} as const;

/** A musical key, such as A minor; see `findKey`. */
export interface Key {
  /** Pitch class of the tonic: 0 is C, 11 is B. */
  readonly tonic: number;
  readonly mode: keyof typeof profiles;
}

/**
 * The key whose profile correlates best with how long each pitch class sounds (Krumhansl and Schmuckler's way).
 *
 * @param durations [12] time that each pitch class sounds, in any unit
 */
export function findKey(durations: ArrayLike<number>): Key {
  let best: Key = { tonic: 0, mode: "major" };
  let highest = -Infinity;
  for (const mode of ["major", "minor"] as const)
    for (let tonic = 0; tonic < 12; tonic++) {
      const turned = Array.from({ length: 12 }, (_, degree) => durations[(tonic + degree) % 12]);
      const r = correlation(turned, profiles[mode]);
      if (r > highest) {
        highest = r;
        best = { tonic, mode };
      }
    }
  return best;
}

/** Semitones that bring a tonic to C by the nearest way: −5 … +6. */
export function shiftToC({ tonic }: Key): number {
  return tonic >= 6 ? 12 - tonic : 0 - tonic; // never −0
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (v: readonly number[]) => v.reduce((sum, x) => sum + x, 0) / v.length;
  const [ma, mb] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += (a[i] - ma) * (b[i] - mb);
    aa += (a[i] - ma) ** 2;
    bb += (b[i] - mb) ** 2;
  }
  return aa === 0 ? 0 : ab / Math.sqrt(aa * bb); // silence, or all pitch classes alike, has no key
}
