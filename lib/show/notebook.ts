import type { Cell } from "../cells/cell.js";
import { latex } from "../cells/latex.js";
import { chartOutput } from "./chart-output.js";
import { send } from "./notebook-output.js";
import type { VegaLiteSpec } from "./spec.js";
import { type Table, tableMarkdown, tableText } from "./table.js";

export { type TrainingDisplay, type TrainingDisplayOptions, training } from "./training-display.js";

/** Shows a chart below the running cell: alive in JupyterLab, and as a picture wherever a notebook is only read. */
export async function chart(spec: VegaLiteSpec): Promise<void> {
  send(await chartOutput(spec));
}

/** Shows a cell's equations, as its graph has them. */
export function equations(cell: Cell): void {
  const source = latex(cell);
  send({ data: { "text/latex": `$$\n${source}\n$$`, "text/plain": source } });
}

/** Shows a table below the running cell. */
export function table(contents: Table): void {
  send({ data: { "text/markdown": tableMarkdown(contents), "text/plain": tableText(contents) } });
}

/** Shows text below the running cell: Markdown with $equations$. */
export function markdown(text: string): void {
  send({ data: { "text/markdown": text, "text/plain": text } });
}

/** The answer to an exercise: whether it is right yet, and if not, a hint. */
export function check(right: boolean, hint: string): void {
  markdown(right ? "✓ **Right.**" : `○ **Not yet.** ${hint}`);
}
