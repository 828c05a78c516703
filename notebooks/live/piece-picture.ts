import { notesAt, type PianoRoll } from "gated-rnn/browser";
import { inkOf, unitInk } from "./colours.ts";
import type { HeardPiece } from "./messages.ts";
import { noteName } from "./piano.ts";
import { noteRange, prepared } from "./roll-canvas.ts";
import { drawValues } from "./value-map.ts";

/** What is drawn of a unit that hears a piece. */
export interface Scene {
  readonly heard: HeardPiece;
  readonly piece: PianoRoll;
  readonly unit: string;
  /** The name of the gate that is shown. */
  readonly gate: string;
}

/** What lies over the picture, and changes with every move of the pointer. */
export interface Overlay {
  readonly step: number | undefined;
  /** In steps, with their fractions. */
  readonly playhead: number | undefined;
  /** Of the prediction of step `step` + 1: what is left of its gradient 0, 1, 2 … steps back. */
  readonly reach: { readonly step: number; readonly shares: Float64Array } | undefined;
}

/** Where the parts of the picture lie, in style-sheet pixels. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly stepWidth: number;
  readonly noteHeight: number;
  readonly low: number;
  readonly high: number;
  readonly gateTop: number;
  readonly surpriseTop: number;
  readonly reachTop: number;
}

export const left = 50;
const top = 20;
export const gateHeight = 150;
const surpriseHeight = 84;
const reachHeight = 64;
const gap = 28;
/** Powers of ten that the reach is drawn over. */
const decades = 5;
const font = "12px 'Open Sans', 'Helvetica Neue', Arial, sans-serif";

/** @param room style-sheet pixels that are free: a long piece takes more, and scrolls */
export function layoutOf({ heard, piece }: Scene, room: number): Layout {
  const { low, high } = noteRange([piece]);
  const steps = heard.steps + 1;
  const stepWidth = Math.max(11, Math.min(26, (room - left - 8) / steps));
  const noteHeight = Math.max(5, Math.min(9, 250 / (high - low + 1)));
  const gateTop = top + noteHeight * (high - low + 1) + gap;
  const surpriseTop = gateTop + gateHeight + gap;
  const reachTop = surpriseTop + surpriseHeight + gap;
  return {
    width: Math.ceil(left + stepWidth * steps + 8),
    height: reachTop + reachHeight + 14,
    ...{ stepWidth, noteHeight, low, high, gateTop, surpriseTop, reachTop },
  };
}

/** All that does not follow the pointer. */
export function paintStill(canvas: HTMLCanvasElement, scene: Scene, layout: Layout): void {
  const context = prepared(canvas, layout.width, layout.height);
  context.font = font;
  paintNotes(context, scene, layout);
  paintGate(context, scene, layout);
  paintSurprise(context, scene, layout);
}

function paintNotes(
  context: CanvasRenderingContext2D,
  { heard, piece, unit }: Scene,
  { stepWidth, noteHeight, low, high }: Layout,
): void {
  const [ink, own] = [inkOf("--ink"), unitInk(unit)];
  context.fillStyle = inkOf("--quiet");
  context.fillText("notes (outlined), and how sure the unit was of each (filled)", left, 13);
  for (let note = low; note <= high; note++)
    if (note % 12 === 0)
      context.fillText(noteName(note), 10, top + (high - note) * noteHeight + noteHeight);
  const place = { x: left + stepWidth, y: top, cellWidth: stepWidth, cellHeight: noteHeight };
  drawValues(context, [heard.steps, high - low + 1], [own, own], place, (t, row) => {
    const key = high - row - heard.lowestNote;
    return key < 0 || key >= heard.keys ? 0 : 0.9 * heard.chances[t * heard.keys + key];
  });
  context.strokeStyle = ink;
  context.lineWidth = 1.25;
  for (let t = 0; t < piece.length; t++)
    for (const note of notesAt(piece, t)) {
      const y = top + (high - note) * noteHeight;
      context.strokeRect(left + t * stepWidth + 1, y + 0.75, stepWidth - 2.5, noteHeight - 1.5);
    }
}

function paintGate(
  context: CanvasRenderingContext2D,
  { heard, unit, gate: name }: Scene,
  { gateTop, stepWidth }: Layout,
): void {
  const gate = heard.gates.find((g) => g.name === name) ?? heard.gates[0];
  if (!gate) return;
  const { hiddenSize } = heard;
  context.fillStyle = inkOf("--quiet");
  context.fillText(
    `${gate.name} of every hidden unit: 1 in the unit's colour, −1 in ink, 0 empty`,
    left,
    gateTop - 7,
  );
  context.fillText("unit 1", 4, gateTop + 10);
  context.fillText(`${hiddenSize}`, 10, gateTop + gateHeight);
  const cellHeight = gateHeight / hiddenSize;
  const place = { x: left, y: gateTop, cellWidth: stepWidth, cellHeight };
  const colours = [unitInk(unit), inkOf("--ink")] as const;
  drawValues(
    context,
    [heard.steps, hiddenSize],
    colours,
    place,
    (t, i) => gate.values[t * hiddenSize + i],
  );
}

function paintSurprise(
  context: CanvasRenderingContext2D,
  { heard, unit }: Scene,
  { surpriseTop, stepWidth }: Layout,
): void {
  const bottom = surpriseTop + surpriseHeight;
  const most = heard.surprise.reduce((a, b) => Math.max(a, b), 1);
  context.fillStyle = inkOf("--quiet");
  context.fillText("surprise at each step, in nats: their mean is the NLL", left, surpriseTop - 7);
  context.fillText(most.toFixed(0), 10, surpriseTop + 10);
  context.fillText("0", 10, bottom);
  context.fillStyle = unitInk(unit);
  heard.surprise.forEach((nats, t) => {
    const height = (surpriseHeight * nats) / most;
    context.fillRect(left + (t + 1) * stepWidth, bottom - height, stepWidth - 1.5, height);
  });
}

/** The still picture, and over it the chosen step, its reach and the playhead. */
export function drawOver(
  canvas: HTMLCanvasElement,
  still: HTMLCanvasElement,
  layout: Layout,
  unit: string,
  { step, playhead, reach }: Overlay,
): void {
  const { width, height, stepWidth, reachTop } = layout;
  const context = prepared(canvas, width, height);
  context.drawImage(still, 0, 0, width, height);
  context.font = font;
  context.fillStyle = inkOf("--quiet");
  context.fillText(
    reach === undefined
      ? "how far back a step's gradient reaches: rest on a step, or press Enter"
      : `what is left of the gradient of step ${reach.step + 2}; each line is ten times less`,
    left,
    reachTop - 7,
  );
  if (reach) {
    for (let decade = 1; decade < decades; decade++) {
      context.globalAlpha = 0.25;
      context.fillRect(left, reachTop + (reachHeight * decade) / decades, width - left - 8, 1);
    }
    context.globalAlpha = 1;
    context.fillStyle = unitInk(unit);
    reach.shares.forEach((share, k) => {
      const part = 1 + Math.log10(Math.max(share, 1e-9)) / decades;
      const tall = reachHeight * Math.min(1, Math.max(0, part));
      const x = left + (reach.step - k) * stepWidth;
      context.fillRect(x, reachTop + reachHeight - tall, stepWidth - 1.5, tall);
    });
  }
  if (step !== undefined) {
    context.strokeStyle = inkOf("--ink");
    context.lineWidth = 1.5;
    context.strokeRect(left + step * stepWidth - 0.5, top - 2, stepWidth, height - top - 8);
  }
  if (playhead === undefined) return;
  context.fillStyle = inkOf("--goal");
  context.fillRect(left + playhead * stepWidth, top - 4, 2, height - top - 4);
}
