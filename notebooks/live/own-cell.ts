import { parse } from "acorn";
import {
  type Cell,
  cell,
  gru,
  gruAfter,
  lstm,
  lstmNoPeepholes,
  stack,
  tanh,
} from "gated-rnn/browser";

/** What is wrong with equations, and where: the line from 1. */
export class EquationError extends Error {
  constructor(
    message: string,
    readonly line: number | undefined,
  ) {
    super(message);
  }
}

const file = "your-cell.js";

/** What equations in the page may use without an import. */
const words = { cell, stack, tanh, gru, lstm, gruAfter, lstmNoPeepholes };

/**
 * The cell that a visitor has written: one expression, `cell("name", (…) => …)`. Run it in a worker
 * only: it is a program, and may never end.
 *
 * @throws EquationError with the line, of the grammar, of what is undefined and of what the recorder
 * refuses
 */
export function cellOf(source: string): Cell {
  const body = expressionOf(source);
  try {
    parse(`(${body}\n)`, { ecmaVersion: "latest" });
  } catch (error) {
    const { message, loc } = error as SyntaxError & { loc?: { line: number } };
    const lines = body.split("\n").length;
    throw new EquationError(message.replace(/ \(\d+:\d+\)$/, ""), loc && Math.min(loc.line, lines));
  }
  let made: unknown;
  try {
    // on one line with the first of the source, so that lines count as they are written
    const program = `(function(${Object.keys(words).join(",")}){return (${body}\n)})\n//# sourceURL=${file}`;
    // biome-ignore lint/security/noGlobalEval: a visitor's own program, in a worker without anything else
    const run = globalThis.eval(program) as (...values: unknown[]) => unknown;
    made = run(...Object.values(words));
  } catch (error) {
    throw new EquationError(problemOf(error), lineOf(error));
  }
  if (isCell(made)) return made;
  throw new EquationError(
    'expected the page\'s equations to make a cell: cell("mine", ({ … }) => …)',
    1,
  );
}

/** The expression in a source; lines that a notebook has beside it keep their place as empty ones. */
export function expressionOf(source: string): string {
  return source
    .replace(/^import .*$/gm, "")
    .replace(/^const \w+ = (?=cell\()/m, "")
    .replace(/;\s*$/, "");
}

const isCell = (value: unknown): value is Cell =>
  typeof value === "object" && value !== null && "graph" in value && "name" in value;

const problemOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** The first line of the source in an error's stack. */
function lineOf(error: unknown): number | undefined {
  const { stack = "" } = error as Error;
  const found = new RegExp(`${file.replace(".", "\\.")}[^\\d\\n]*(\\d+)`).exec(stack);
  return found ? Number(found[1]) : undefined;
}
