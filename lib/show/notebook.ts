import type { Cell } from "../cells/cell.js";
import { latex } from "../cells/latex.js";
import { outputLatex } from "../outputs/latex.js";
import type { Output } from "../outputs/output.js";
import { audioOutput, blindPlayers, players, type Sound } from "./audio.js";
import { cellDiagram } from "./cell-diagram.js";
import { chartOutput, pictureOutput } from "./chart-output.js";
import { cellTitle } from "./colours.js";
import { send } from "./notebook-output.js";
import type { VegaLiteSpec } from "./spec.js";
import { type Table, tableMarkdown, tableText } from "./table.js";

export { type TrainingDisplay, type TrainingDisplayOptions, training } from "./training-display.js";

/** Shows a chart below the running cell: alive in JupyterLab, and as a picture wherever a notebook is only read. */
export async function chart(spec: VegaLiteSpec): Promise<void> {
  send(await chartOutput(spec));
}

/** Shows the equations of a cell or an output, as its graph has them. */
export function equations(of: Cell | Output): void {
  const source = "targetSize" in of ? outputLatex(of) : latex(of);
  send({ data: { "text/latex": `$$\n${source}\n$$`, "text/plain": source } });
}

/** Shows a cell as a diagram, drawn from its graph. */
export function diagram(cell: Cell): void {
  const named = cell.graph.named.map(({ name }) => name).join(", ");
  const states = cell.graph.states.map(({ name }) => name).join(" and ");
  const comes = cell.graph.states.length > 1 ? "come" : "comes";
  const alt = `Diagram of ${cellTitle(cell.name)}: x and the former ${states} go in on the left; inside: ${named}, in this order; the new ${states} ${comes} out on the right.`;
  send(pictureOutput(cellDiagram(cell), alt));
}

/** Plays sounds below the running cell: a player each. */
export function audio(...sounds: readonly Sound[]): void {
  send(audioOutput(players(sounds), sounds));
}

/** Plays sounds without saying which is which; the names are folded away below them. */
export function blindAudio(sounds: readonly Sound[], seed = 1): void {
  send(
    audioOutput(
      blindPlayers(sounds, seed),
      sounds.map((sound, i) => ({ ...sound, title: String.fromCharCode(65 + i) })),
    ),
  );
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
