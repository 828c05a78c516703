// Starts this checkout's tslab 1.0.22 as a Jupyter kernel, with five repairs (tslab has had no release since June 2024).
const { createRequire } = require("node:module");
const { resolve } = require("node:path");

const root = resolve(__dirname, "..", "..", "..");
const projectRequire = createRequire(resolve(root, "package.json"));
const tslabRequire = createRequire(projectRequire.resolve("tslab/package.json"));

checkCellsStrictly();
findShorthandNames();
reportFailures();
if (require.main === module) {
  keepEverySend();
  projectRequire("tslab/dist/main.js").main();
}

/** Repair 1. Cells are checked with `strict`, and packages are found through their `exports`: tslab does neither. */
function checkCellsStrictly() {
  const file = tslabRequire.resolve("@tslab/typescript-for-tslab");
  const ts = tslabRequire(file);
  const options = { strict: true, moduleResolution: ts.ModuleResolutionKind.Bundler };
  require.cache[file].exports = {
    ...ts,
    createWatchCompilerHost: (files, given, ...rest) =>
      ts.createWatchCompilerHost(files, { ...given, ...options }, ...rest),
  };
}

/**
 * Repair 2. `{ dataset }` finds the variable of an earlier cell. tslab keeps variables in an object and rewrites their names,
 * but not in this short form, which fails with "dataset is not defined": so every cell gets the long form, `{ dataset: dataset }`.
 */
function findShorthandNames() {
  const ts = tslabRequire("@tslab/typescript-for-tslab");
  const converterModule = projectRequire("tslab/dist/converter.js");
  const { createConverter } = converterModule;
  converterModule.createConverter = (options) => {
    const converter = createConverter(options);
    return {
      ...converter,
      convert: (previous, source) => converter.convert(previous, withLongForms(source)),
    };
  };
  function withLongForms(source) {
    const names = [];
    const visit = (node) => {
      if (ts.isShorthandPropertyAssignment(node) && !node.objectAssignmentInitializer)
        names.push(node.name);
      ts.forEachChild(node, visit);
    };
    visit(ts.createSourceFile("cell.ts", source, ts.ScriptTarget.Latest));
    return names.reduceRight(
      (text, { text: name, end }) => `${text.slice(0, end)}: ${name}${text.slice(end)}`,
      source,
    );
  }
}

/**
 * Repairs 3 and 4. A failed cell's reply says what went wrong (for nbclient and nbconvert), and a cell that is tagged
 * raises-exception (`stop_on_error: false`) does not cancel the cells after it.
 */
function reportFailures() {
  const handler = projectRequire("tslab/dist/jupyter.js").JupyterHandlerImpl.prototype;
  const { handleExecute, handleExecuteImpl } = handler;
  const failed = new WeakSet();
  handler.handleExecuteImpl = async function (request, ...rest) {
    try {
      return await handleExecuteImpl.call(this, request, ...rest);
    } catch (count) {
      failed.add(request);
      if (request.stop_on_error === false) return count;
      throw count;
    }
  };
  handler.handleExecute = async function (request, writeStream, writeDisplayData) {
    let errors = "";
    const write = (name, text) => {
      if (name === "stderr") errors += text;
      writeStream(name, text);
    };
    const reply = await handleExecute.call(this, request, write, writeDisplayData);
    if (!failed.has(request)) return reply;
    const traceback = errors.trim().split("\n");
    const evalue = traceback.find((line) => /^\w*(Error|Exception)\b/.test(line)) ?? traceback[0]; // above it, where in the cell
    return { ...reply, status: "error", ename: "Error", evalue, traceback };
  };
}

/**
 * Repair 5. Messages are sent one after another. tslab does not wait for a send, and zeromq 6 throws EBUSY while one is
 * pending (about every 512th): printed lines are lost, and at times the "idle" message, so that a cell never ends.
 */
function keepEverySend() {
  const { Publisher, Router } = tslabRequire("zeromq");
  for (const Socket of [Publisher, Router]) {
    const sendNow = Socket.prototype.send;
    const queues = new WeakMap();
    const drain = (socket, queue) => {
      while (queue.length > 0) {
        try {
          const again = () => drain(socket, queue);
          sendNow.call(socket, queue[0]).then(again, again);
        } catch (error) {
          if (error.code === "EBUSY") return; // the pending send drains on when it ends
        }
        queue.shift();
      }
    };
    const send = function (message) {
      if (!queues.has(this)) queues.set(this, []);
      const queue = queues.get(this);
      queue.push(message);
      drain(this, queue); // at once where possible: a busy loop's output shows while it runs
      return Promise.resolve();
    };
    Object.defineProperty(Socket.prototype, "send", { value: send }); // the inherited native method is read-only
  }
}
