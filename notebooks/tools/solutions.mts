import { type Cell, type CodeCell, lines, type Notebook, text } from "./format.mts";

/**
 * The notebook as somebody works through it who unfolds the solutions: after an exercise's check come its folded
 * solution as a cell, and the check again.
 *
 * @throws Error when an exercise has no check after it, or no folded solution with code
 */
export function withSolutions(notebook: Notebook): Notebook {
  const cells: Cell[] = [];
  let exercise: CodeCell | undefined;
  notebook.cells.forEach((cell, i) => {
    cells.push(cell);
    if (cell.cell_type !== "code") return;
    if (cell.metadata.tags?.includes("exercise")) {
      exercise = cell;
      return;
    }
    if (exercise === undefined) return;
    const source = solutionAfter(notebook.cells.slice(i + 1));
    if (!/^exercises\./m.test(text(cell.source)) || source === undefined)
      throw new Error(
        `exercise: expected a check and a folded solution with code after it, got neither or one of them: ${text(exercise.source)}`,
      );
    cells.push(again(exercise, "solution", source), again(cell, "again", text(cell.source)));
    exercise = undefined;
  });
  return { ...notebook, cells };
}

/** The code of the first folded solution in the texts that come next. */
function solutionAfter(cells: readonly Cell[]): string | undefined {
  const next = cells.find(({ cell_type }) => cell_type === "markdown");
  const folded = /<summary><b>A solution<\/b><\/summary>([\s\S]*?)<\/details>/;
  const [, inside] = folded.exec(next ? text(next.source) : "") ?? [];
  return /```ts\n([\s\S]*?)\n```/.exec(inside ?? "")?.[1];
}

function again(cell: CodeCell, what: string, source: string): CodeCell {
  const made = { id: `${cell.id}-${what}`, metadata: {}, source: lines(source), outputs: [] };
  return { ...cell, ...made, execution_count: null };
}
