/** Where a map of values lies, and how large its cells are, in style-sheet pixels. */
export interface MapPlace {
  readonly x: number;
  readonly y: number;
  readonly cellWidth: number;
  readonly cellHeight: number;
}

/**
 * Draws values from −1 to 1 as the strength of a colour, negative ones in another: one pixel a value,
 * enlarged by the canvas, which is many times as fast as a rectangle for each.
 *
 * @param colours of positive and of negative values, as #rrggbb
 * @param value of column and row
 */
export function drawValues(
  context: CanvasRenderingContext2D,
  [columns, rows]: readonly [number, number],
  [positive, negative]: readonly [string, string],
  { x, y, cellWidth, cellHeight }: MapPlace,
  value: (column: number, row: number) => number,
): void {
  const image = new ImageData(columns, rows);
  const [above, below] = [rgb(positive), rgb(negative)];
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const v = value(column, row);
      const at = 4 * (row * columns + column);
      image.data.set(v < 0 ? below : above, at);
      image.data[at + 3] = Math.round(255 * Math.min(1, Math.abs(v)));
    }
  const small = document.createElement("canvas");
  [small.width, small.height] = [columns, rows];
  small.getContext("2d")?.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(small, x, y, columns * cellWidth, rows * cellHeight);
}

function rgb(colour: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
}
