import { softplus } from "../compile/special-functions.js";

/** A target that was drawn, and how likely what was held in it is. */
export interface HeldSample {
  readonly target: Float64Array;
  /** Σ ln p over the held keys, each given the keys before it in the order of drawing; 0 where none is held. */
  readonly logWeight: number;
}

interface Turns {
  readonly isDownward: boolean;
  /** 1 or 0: held on or off; anything else is drawn. */
  readonly held?: ArrayLike<number> | undefined;
  readonly temperature: number;
  /** Whether a key sounds, by its logit. */
  readonly key: (logit: number) => number;
}

/**
 * Keys drawn one after the other. `logits` gives those of all keys for a target as far as it is drawn, right for the key whose turn it
 * is; they change only when a key sounds, so that a chord of four asks five times, not 88.
 */
export function drawnInTurn(
  logits: (target: Float64Array) => Float64Array,
  keys: number,
  { isDownward, held, temperature, key }: Turns,
): HeldSample {
  const target = new Float64Array(keys);
  let now = logits(target);
  let logWeight = 0;
  for (let turn = 0; turn < keys; turn++) {
    const k = isDownward ? keys - 1 - turn : turn;
    const given = held?.[k];
    if (given === 0 || given === 1) {
      target[k] = given;
      logWeight += logChance(now[k], given, temperature);
    } else target[k] = key(now[k]);
    if (target[k] === 1 && turn + 1 < keys) now = logits(target.slice());
  }
  return { target, logWeight };
}

/** ln of the chance that a key is on (1) or off (0). At temperature 0 the likelier of the two is certain. */
function logChance(logit: number, on: number, temperature: number): number {
  if (temperature === 0) return logit > 0 === (on === 1) ? 0 : Number.NEGATIVE_INFINITY;
  return -softplus((on === 1 ? -logit : logit) / temperature);
}
