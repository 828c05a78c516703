import { type Notebook, text } from "../format.mts";

/** How long a notebook takes to read: words at 200 a minute, and six seconds for a line of code. */
export function readingMinutes({ cells }: Notebook): number {
  const minutes = cells.map((cell) =>
    cell.cell_type === "markdown"
      ? text(cell.source).split(/\s+/).length / 200
      : text(cell.source).split("\n").length / 10,
  );
  return Math.max(1, Math.round(minutes.reduce((a, b) => a + b, 0)));
}
