import type { MidiFile } from "./midi.js";

const DEFAULT_MICROSECONDS_PER_QUARTER = 500_000; // 120 beats a minute

/**
 * From ticks to seconds, by the tempos of a file, or by its time code. In format 2 a track has its own tempos, in the others all
 * have the same.
 */
export function tickSeconds({ header, tempos }: MidiFile, track: number): (tick: number) => number {
  const { time } = header;
  if ("ticksPerFrame" in time) return (tick) => tick / (time.framesPerSecond * time.ticksPerFrame);
  const own = tempos
    .filter((t) => header.format !== 2 || t.track === track)
    .sort((a, b) => a.tick - b.tick); // a stable sort
  const ticks = [0];
  const seconds = [0];
  const perTick = [DEFAULT_MICROSECONDS_PER_QUARTER / 1e6 / time.ticksPerQuarter];
  for (const { tick, microsecondsPerQuarter } of own) {
    const last = ticks.length - 1;
    seconds.push(seconds[last] + (tick - ticks[last]) * perTick[last]);
    ticks.push(tick);
    perTick.push(microsecondsPerQuarter / 1e6 / time.ticksPerQuarter);
  }
  return (tick) => {
    let [low, high] = [0, ticks.length]; // the last tempo at or before the tick
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (ticks[middle] <= tick) low = middle;
      else high = middle;
    }
    return seconds[low] + (tick - ticks[low]) * perTick[low];
  };
}
