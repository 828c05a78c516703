import { GatedRnnError } from "../errors.js";
import type { Cell } from "./cell.js";
import { gru } from "./gru.js";
import { lstm } from "./lstm.js";
import { memoryless } from "./memoryless.js";
import { tanh } from "./tanh.js";

/** The paper's three units, in the order of its tables. */
export const paperCells: readonly Cell[] = [tanh, gru, lstm];

const cells: readonly Cell[] = [...paperCells, memoryless];

/** Every cell that has a name on the command line. */
export const cellNames: readonly string[] = cells.map(({ name }) => name);

/** One of the library's cells by name. @throws GatedRnnError `usage` for an unknown name */
export function cellNamed(name: string): Cell {
  const cell = cells.find((c) => c.name === name);
  if (!cell)
    throw new GatedRnnError("usage", `cell: expected one of ${cellNames.join(", ")}, got ${name}`);
  return cell;
}
