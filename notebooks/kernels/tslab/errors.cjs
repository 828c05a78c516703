const { inspect } = require("node:util");
const vm = require("node:vm");
const { lineFinder } = require("./compiler.cjs");

const frame = /\bcell-(\d+)\.js:(\d+):(\d+)/;
/** Of every cell that ran, by the name that its code has in stacks. */
const finders = new Map();
let running = 0;

/** Gives every cell's code a name of its own in stacks, where tslab has "evalmachine" for all. */
function nameCells() {
  const { runInThisContext } = vm;
  vm.runInThisContext = (code, options) => {
    if (!options?.breakOnSigint) return runInThisContext(code, options); // not a cell's
    running += 1;
    finders.set(running, lineFinder());
    return runInThisContext(code, { ...options, filename: `cell-${running}.js` });
  };
}

/**
 * What was thrown, in words, with the line of the cell: a stack shows the inside of tslab and Node,
 * and no cell's lines.
 */
function shownError(thrown) {
  if (!(thrown instanceof Error)) return typeof thrown === "string" ? thrown : inspect(thrown);
  const { cause, message } = thrown;
  const isTold = !(cause instanceof Error) || message.includes(cause.message);
  const because = isTold ? [] : [`  because of ${cause}`];
  return [String(thrown), ...because, ...place(thrown)].join("\n");
}

function place({ stack }) {
  const [, cell, line, column] = (typeof stack === "string" && frame.exec(stack)) || [];
  const found = finders.get(Number(cell))?.(Number(line), Number(column));
  if (found === undefined) return [];
  return [`  at line ${found} of ${Number(cell) === running ? "the" : "an earlier"} cell`];
}

/** Errors that no cell waits for: thrown by a timer, or by a promise that nothing awaits. */
function shortenStrayErrors() {
  for (const event of ["uncaughtException", "unhandledRejection"]) {
    process.removeAllListeners(event);
    process.on(event, (thrown) => console.error(shownError(thrown)));
  }
}

module.exports = { nameCells, shownError, shortenStrayErrors };
