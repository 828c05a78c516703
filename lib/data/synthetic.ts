import { type Generator, generator } from "../random/generator.js";
import { datasetChecksum } from "./checksum.js";
import {
  type ChoraleState,
  choraleNotes,
  chords,
  composeChorale,
  firstState,
  nextState,
  phraseSteps,
  soundProbability,
  turnProbability,
} from "./chorale-composer.js";
import type { MusicDataset } from "./dataset.js";
import type { PianoRoll } from "./piano-roll.js";
import { seedNumber } from "./whole-number.js";

/** As many pieces, of about the same lengths, as the JSB Chorales have. */
const pieces = { train: 229, valid: 76, test: 77 } as const;
const shortest = 25;
const longest = 160;

/**
 * Four-part chorales composed by a seeded generator: data for a machine that has neither the real sets nor a network, and a
 * problem with a known answer. Given the past, every key sounds independently of the others with a known probability (see
 * `ChoraleState`), so a model with one Bernoulli output per key can reach the composer's entropy, and none can go below it.
 *
 * `entropyPerStep` is exact: the expectation, over all pieces that the composer may write of the lengths in the TEST split, of the
 * mean NLL of the predicted steps 2 … T under the true probabilities. The test split is a sample of them, so a perfect model's
 * test NLL scatters around it.
 *
 * @throws GatedRnnError `usage` for a seed that is none
 */
export function syntheticChorales(seed = 1): MusicDataset {
  seedNumber("synthetic chorales", seed);
  const compose = (split: keyof typeof pieces): PianoRoll[] => {
    const random = generator(seed, `chorales ${split}`);
    return Array.from({ length: pieces[split] }, (_, i) =>
      composeChorale(drawLength(random), random, `synthetic ${split} ${i}`),
    );
  };
  let entropy: number | undefined; // few ask for it, and it takes as long as a fourth of the pieces
  const sets = { train: compose("train"), valid: compose("valid"), test: compose("test") };
  return {
    kind: "music",
    name: "synthetic",
    title: "Synthetic chorales",
    synthetic: true,
    lowestNote: 21,
    keys: 88,
    stepsPerQuarter: 1,
    checksum: datasetChecksum(sets),
    ...sets,
    get entropyPerStep() {
      entropy ??= choraleEntropyPerStep(sets.test.map((roll) => roll.length));
      return entropy;
    },
  };
}

/** Lengths as in the real set: mean about 60 steps, few long pieces. */
function drawLength(random: Generator): number {
  return Math.min(longest, shortest + Math.floor(-35 * Math.log(1 - random.uniform())));
}

/**
 * Exact expected NLL per predicted step, in nats, of pieces of the given lengths. A key's chance depends on the chord and on the
 * key's own last step, and the chord's way never on a key that holds, so the pair (state, key sounded) is a Markov chain of its
 * own for every key: its distribution is carried forward step by step.
 */
export function choraleEntropyPerStep(lengths: readonly number[]): number {
  const last = Math.max(...lengths);
  const atStep = new Float64Array(last); // expected entropy of step t, from 0
  for (const note of choraleNotes) addKeyEntropy(note, atStep);
  let nats = 0;
  let steps = 0;
  for (const length of lengths) {
    for (let t = 1; t < length; t++) nats += atStep[t];
    steps += length - 1;
  }
  return nats / steps;
}

function addKeyEntropy(note: number, atStep: Float64Array): void {
  const index = (s: ChoraleState) => s.phraseStep * chords + s.chord;
  const states = Array.from(
    { length: phraseSteps * chords },
    (_, i): ChoraleState => ({ chord: i % chords, phraseStep: Math.floor(i / chords) }),
  );
  // per state and (sounded before): chance to sound; per state: chance to turn and the two successors
  const sound = Float64Array.from(
    states.flatMap((s) => [soundProbability(s, note, false), soundProbability(s, note, true)]),
  );
  const turn = Float64Array.from(states, turnProbability);
  const next = states.map((s) => [index(nextState(s, false)), index(nextState(s, true))]);
  let mass = new Float64Array(states.length * 2); // [state × sounded before]
  mass[2 * index(firstState)] = 1;
  for (let t = 0; t < atStep.length; t++) {
    const after = new Float64Array(mass.length);
    for (let i = 0; i < mass.length; i++) {
      if (mass[i] === 0) continue;
      const p = sound[i];
      const s = i >> 1;
      atStep[t] += mass[i] * bernoulliEntropy(p);
      for (const sounds of [0, 1])
        for (const turned of [0, 1])
          after[2 * next[s][turned] + sounds] +=
            mass[i] * (sounds ? p : 1 - p) * (turned ? turn[s] : 1 - turn[s]);
    }
    mass = after;
  }
}

function bernoulliEntropy(p: number): number {
  return p === 0 || p === 1 ? 0 : -p * Math.log(p) - (1 - p) * Math.log(1 - p);
}
