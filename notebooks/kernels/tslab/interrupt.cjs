const { projectRequire } = require("./tslab.cjs");
const { nameCells, shownError } = require("./errors.cjs");
const { keepNames } = require("./names.cjs");

/** Where `lib` finds the running cell: see lib/train/notebook-cell.ts. */
const place = Symbol.for("gated-rnn.notebook-cell");
let last = Number.NEGATIVE_INFINITY;

/**
 * The stop button ends what trains in good order, and the cell goes on with the result; it drops
 * the cell only where nothing trains, or when it is pressed again. tslab drops the cell at once,
 * while its work goes on unseen. A cell is busy until the work that it began has ended.
 */
function repairInterrupt() {
  nameCells();
  const executorModule = projectRequire("tslab/dist/executor.js");
  const { createExecutor } = executorModule;
  executorModule.createExecutor = (folder, converters, { log }) => {
    let cell = newCell();
    const executor = createExecutor(folder, converters, { log, error: report });
    return { ...executor, execute, interrupt };

    async function execute(source) {
      cell = newCell();
      globalThis[place] = { signal: cell.controller.signal, keepsBusy: cell.keepsBusy };
      const ended = await executor.execute(source).catch((error) => report(error));
      while (cell.work.size > 0) await Promise.allSettled(cell.work);
      if (!cell.controller.signal.aborted) return ended === true;
      if (ended) console.error("Interrupted: the training has stopped, and what it had is kept.");
      else keepNames();
      return ended === true;
    }

    function interrupt() {
      const isFirst = !cell.controller.signal.aborted;
      last = performance.now();
      cell.controller.abort(new DOMException("interrupted", "AbortError"));
      if (cell.work.size === 0 || !isFirst) executor.interrupt();
    }

    function report(thrown, ...rest) {
      if (rest.length > 0)
        console.error(thrown, ...rest); // a format and its values, from the compiler
      else console.error(isInterrupt(thrown, cell) ? "Interrupted." : shownError(thrown));
    }
  };
}

function newCell() {
  const work = new Set();
  const keepsBusy = (promise) => {
    const ended = () => work.delete(promise);
    work.add(promise);
    promise.then(ended, ended);
  };
  return { controller: new AbortController(), work, keepsBusy };
}

function isInterrupt(thrown, { controller: { signal } }) {
  return (
    (signal.aborted && thrown === signal.reason) ||
    thrown?.code === "ERR_SCRIPT_EXECUTION_INTERRUPTED" ||
    thrown?.message === "Interrupted asynchronously" // tslab's own
  );
}

module.exports = { repairInterrupt, lastInterrupt: () => last };
