import { type Split, splits } from "./dataset.js";
import type { PianoRoll } from "./piano-roll.js";

/** How much music there is: sequences, time steps, sounding notes over all steps. */
export interface RollCounts {
  readonly sequences: number;
  readonly steps: number;
  readonly notes: number;
}

export function rollCounts(
  sets: Readonly<Record<Split, readonly PianoRoll[]>>,
): Record<Split, RollCounts> {
  return Object.fromEntries(splits.map((split) => [split, countRolls(sets[split])])) as Record<
    Split,
    RollCounts
  >;
}

function countRolls(rolls: readonly PianoRoll[]): RollCounts {
  const total = (of: (roll: PianoRoll) => number) => rolls.reduce((sum, roll) => sum + of(roll), 0);
  return {
    sequences: rolls.length,
    steps: total((r) => r.length),
    notes: total((r) => r.notes.length),
  };
}
