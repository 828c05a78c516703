import { notesAt, type PianoRoll } from "../data/piano-roll.js";
import { GatedRnnError } from "../errors.js";
import { chartConfig, ink } from "./colours.js";
import { maxPoints, type VegaLiteSpec, vegaLiteSchema } from "./spec.js";

/** What a picture of a piano-roll shows. */
export interface PianoRollPictureOptions {
  readonly title?: string;
  /** First step and the step after the last; default: the whole piece, or as much of it as 2,000 bars show. */
  readonly from?: number;
  /** See `from`. */
  readonly to?: number;
  /** What a time step is, such as "quarter notes" (JSB Chorales) or "eighth notes"; default "steps". */
  readonly stepUnit?: string;
}

/** A note that sounds from step `start` until before step `end`. */
interface Bar {
  readonly note: number;
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** note + 1: a bar reaches up to the next key. */
  readonly above: number;
}

/**
 * A piano-roll as a picture: time to the right, pitch upwards, a bar for every note. A roll does not know whether a note that
 * sounds in two steps running was struck once or twice: it is drawn as one bar.
 * @throws GatedRnnError `usage` when from … to is not a part of the piece
 */
export function pianoRollPicture(
  roll: PianoRoll,
  options: PianoRollPictureOptions = {},
): VegaLiteSpec {
  const { from = 0, to = roll.length, stepUnit = "steps" } = options;
  if (
    !(Number.isInteger(from) && Number.isInteger(to) && from >= 0 && to <= roll.length && from < to)
  )
    throw new GatedRnnError(
      "usage",
      `piano-roll picture: expected steps within 0 … ${roll.length}, got ${from} … ${to}; choose from < to`,
    );
  const { bars, end } = barsOf(roll, from, to);
  const notes = bars.map((bar) => bar.note);
  const [low, high] = [Math.min(60, ...notes) - 1, Math.max(60, ...notes) + 2];
  const octaves = Array.from({ length: 11 }, (_, k) => 12 * k).filter(
    (note) => note >= low && note < high,
  );
  return {
    $schema: vegaLiteSchema,
    description: inWords(bars, end - from),
    title: {
      text: options.title ?? roll.name ?? "Piano-roll",
      subtitle: `${end - from === 1 ? `step ${end}` : `steps ${from + 1}–${end}`} of ${roll.length}`,
    },
    width: Math.min(740, Math.max(320, (end - from) * 9)),
    height: Math.min(360, (high - low) * 6),
    data: { values: bars },
    mark: { type: "rect", color: ink, stroke: "white", strokeWidth: 0.5, cornerRadius: 1.5 },
    encoding: {
      x: {
        field: "start",
        type: "quantitative",
        title: `time (${stepUnit})`,
        scale: { domain: [from, end], nice: false, zero: false },
        axis: { grid: false, tickMinStep: 1 },
      },
      x2: { field: "end" },
      y: {
        field: "note",
        type: "quantitative",
        title: "pitch (MIDI note number)",
        scale: { domain: [low, high], nice: false, zero: false },
        axis: {
          values: octaves,
          labelExpr: "'C' + (datum.value / 12 - 1) + ' (' + datum.value + ')'",
        },
      },
      y2: { field: "above" },
      tooltip: [
        { field: "name", title: "note" },
        { field: "note", title: "MIDI number" },
        { field: "start", title: "from step" },
        { field: "end", title: "to step" },
      ],
    },
    config: chartConfig,
  };
}

/** "notes from C4 to E6, 3.9 at a time on average" */
function inWords(bars: readonly Bar[], steps: number): string {
  if (bars.length === 0) return "no note sounds";
  const notes = bars.map(({ note }) => note).sort((a, b) => a - b);
  const sounding = bars.reduce((sum, { start, end }) => sum + end - start, 0) / steps;
  const [low, high] = [notes[0], notes[notes.length - 1]].map(noteName);
  return `notes from ${low} to ${high}, ${sounding.toFixed(1)} at a time on average`;
}

/** Runs of the same note as bars, in order of their start, and the step before which they end: as many whole steps as 2,000 bars show. */
function barsOf(
  roll: PianoRoll,
  from: number,
  to: number,
): { readonly bars: readonly Bar[]; readonly end: number } {
  const bars: Bar[] = [];
  const sounds = (note: number, t: number) =>
    t >= from && t < to && notesAt(roll, t).includes(note);
  for (let t = from; t < to; t++) {
    const starting = [...notesAt(roll, t)].filter((note) => !sounds(note, t - 1));
    if (bars.length + starting.length > maxPoints)
      return { bars: bars.map((bar) => ({ ...bar, end: Math.min(bar.end, t) })), end: t };
    for (const note of starting) {
      let end = t + 1;
      while (sounds(note, end)) end++;
      bars.push({ note, name: noteName(note), start: t, end, above: note + 1 });
    }
  }
  return { bars, end: to };
}

const pitchClasses = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"] as const;

/** Scientific pitch: 60 is C4. */
export function noteName(note: number): string {
  return `${pitchClasses[note % 12]}${Math.floor(note / 12) - 1}`;
}
