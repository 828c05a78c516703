import type { Cell } from "./cell.js";
import { gru } from "./gru.js";
import { lstm } from "./lstm.js";
import { tanh } from "./tanh.js";

/** The paper's three units, in the order of its tables. */
export const paperCells: readonly Cell[] = [tanh, gru, lstm];
