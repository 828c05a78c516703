import { GatedRnnError } from "../errors.js";
import type { Cell } from "./cell.js";
import { gru } from "./gru.js";
import { lstm } from "./lstm.js";
import { memoryless } from "./memoryless.js";
import { nameList } from "./name-list.js";
import { stack } from "./stack.js";
import { tanh } from "./tanh.js";
import { zoo } from "./zoo/index.js";
import { lstmChrono } from "./zoo/lstm-chrono.js";

/** The paper's three units, in the order of its tables. */
export const paperCells: readonly Cell[] = [tanh, gru, lstm];

/** Every cell of the library: the paper's, the layer without memory, and the zoo of variants. */
export const cells: readonly Cell[] = [...paperCells, memoryless, ...zoo];

/** Every cell that has a name on the command line; stacks of them have one too, such as stack(gru,lstm). */
export const cellNames: readonly string[] = cells.map(({ name }) => name);

/**
 * One of the library's cells by name, or a stack of them: "gru", "stack(gru,gru)".
 *
 * @throws GatedRnnError `usage` for an unknown name
 */
export function cellNamed(name: string): Cell {
  const layers = /^stack\((.*)\)$/s.exec(name.trim());
  if (layers) return stack(...nameList(layers[1]).map(cellNamed));
  const chrono = /^lstm-chrono-(\d{1,9})$/.exec(name.trim());
  if (chrono) return lstmChrono(Number(chrono[1]));
  const cell = cells.find((c) => c.name === name.trim());
  if (!cell)
    throw new GatedRnnError(
      "usage",
      `cell: expected one of ${cellNames.join(", ")}, or a stack such as stack(gru,gru), got ${name}`,
    );
  return cell;
}
