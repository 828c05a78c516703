const { setTimeout: pause } = require("node:timers/promises");
const { lastInterrupt } = require("./interrupt.cjs");
const { projectRequire } = require("./tslab.cjs");

/** For cells that were sent before a failure to arrive. In ms. */
const arrival = 200;
/**
 * A cell that comes so little before the stop button may have been sent after it: signals and
 * messages overtake each other.
 */
const overtaking = 500;
let lastFailure = Number.NEGATIVE_INFINITY;

/**
 * A failed cell's reply says what went wrong (for nbclient and nbconvert). A failure or an
 * interrupt cancels the cells that were sent before it, and no other: tslab drops without a word
 * what is sent in the 200 ms after. A cell that is tagged raises-exception (`stop_on_error: false`)
 * cancels none.
 */
function repairReplies() {
  const handler = projectRequire("tslab/dist/jupyter.js").JupyterHandlerImpl.prototype;
  const { handleExecute, handleExecuteImpl } = handler;
  const came = new WeakMap();
  const [failed, cancelled] = [new WeakSet(), new WeakSet()];
  handler.handleExecuteImpl = async function (request, ...rest) {
    if (came.get(request) < Math.max(lastFailure, lastInterrupt() - overtaking)) {
      cancelled.add(request);
      return undefined;
    }
    const begun = performance.now();
    try {
      return await handleExecuteImpl.call(this, request, ...rest);
    } catch (count) {
      failed.add(request);
      if (request.stop_on_error === false || lastInterrupt() > begun) return count;
      await pause(arrival);
      lastFailure = performance.now();
      return count;
    }
  };
  handler.handleExecute = async function (request, writeStream, writeDisplayData) {
    came.set(request, performance.now());
    let errors = "";
    const write = (name, text) => {
      if (name === "stderr") errors += text;
      writeStream(name, text);
    };
    const reply = await handleExecute.call(this, request, write, writeDisplayData);
    if (cancelled.has(request)) return { status: "aborted" };
    if (!failed.has(request)) return reply;
    const traceback = errors.trim().split("\n");
    const evalue = traceback.find((line) => /^\w*(Error|Exception)\b/.test(line)) ?? traceback[0];
    return { ...reply, status: "error", ename: "Error", evalue, traceback };
  };
}

module.exports = { repairReplies };
