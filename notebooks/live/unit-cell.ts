import { type Cell, cellNamed, lstm, lstmWithForgetBias } from "gated-rnn/browser";
import type { UnitSource } from "./messages.ts";
import { cellOf } from "./own-cell.ts";

/** The cell of a unit: the library's, the LSTM with a forget gate that begins elsewhere, or equations. */
export function unitCell({ name, forgetBias, source }: UnitSource): Cell {
  if (name === "mine") return cellOf(source);
  if (name === "lstm") return forgetBias === 0 ? lstm : lstmWithForgetBias(forgetBias);
  return cellNamed(name);
}
