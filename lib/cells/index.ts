import { GatedRnnError } from "../errors.js";
import type { Cell } from "./cell.js";
import { gru } from "./gru.js";
import { lstm } from "./lstm.js";
import { tanh } from "./tanh.js";

/** The paper's three units, in the order of its tables. */
export const paperCells: readonly Cell[] = [tanh, gru, lstm];

/** One of the library's cells by name. @throws GatedRnnError `usage` for an unknown name */
export function cellNamed(name: string): Cell {
  const cell = paperCells.find((c) => c.name === name);
  if (!cell) throw new GatedRnnError("usage", `cell: expected one of ${paperCells.map((c) => c.name).join(", ")}, got ${name}`);
  return cell;
}
