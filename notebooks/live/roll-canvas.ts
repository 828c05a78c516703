import { notesAt, type PianoRoll } from "gated-rnn/browser";

/** A canvas of so many style-sheet pixels, sharp on this screen, and ready to be drawn on. */
export function prepared(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
): CanvasRenderingContext2D {
  const scale = Math.min(2, window.devicePixelRatio || 1);
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  context.scale(scale, scale);
  context.clearRect(0, 0, width, height);
  return context;
}

/** The lowest and the highest note that a piece needs, with a little room. */
export function noteRange(rolls: readonly PianoRoll[]): { low: number; high: number } {
  let [low, high] = [127, 0];
  for (const { notes } of rolls)
    for (const note of notes) {
      low = Math.min(low, note);
      high = Math.max(high, note);
    }
  return low > high ? { low: 48, high: 84 } : { low: low - 2, high: high + 2 };
}

/** A piano-roll as small bars; held notes run on. */
export function drawRoll(
  canvas: HTMLCanvasElement,
  roll: PianoRoll,
  {
    ink,
    playhead,
    width,
    height,
  }: { ink: string; playhead?: number; width: number; height: number },
): void {
  const context = prepared(canvas, width, height);
  const { low, high } = noteRange([roll]);
  const [dx, dy] = [width / roll.length, height / (high - low + 1)];
  context.fillStyle = ink;
  for (let t = 0; t < roll.length; t++)
    for (const note of notesAt(roll, t)) {
      const isHeld = t > 0 && notesAt(roll, t - 1).includes(note);
      context.fillRect(
        t * dx + (isHeld ? 0 : 0.6),
        (high - note) * dy,
        dx - (isHeld ? 0 : 0.6),
        Math.max(2, dy - 0.5),
      );
    }
  if (playhead === undefined) return;
  context.globalAlpha = 0.5;
  context.fillRect(playhead * dx - 0.75, 0, 1.5, height);
}
