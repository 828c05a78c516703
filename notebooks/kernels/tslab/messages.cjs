const { randomUUID } = require("node:crypto");
const { projectRequire, tslabRequire } = require("./tslab.cjs");

/** What tslab sends to Jupyter, mended: nothing lost, from one sender, busy while it is. */
function repairMessages() {
  keepEverySend();
  const { ZmqServer } = projectRequire("tslab/dist/jupyter.js");
  signAsOneKernel(ZmqServer.prototype);
  stayBusy(ZmqServer.prototype);
}

/**
 * Messages are sent one after another. tslab does not wait for a send, and zeromq 6 throws EBUSY
 * while one is pending (about every 512th): printed lines are lost, and at times the "idle"
 * message, so that a cell never ends.
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
    // defined, not assigned: the inherited native method is read-only
    Object.defineProperty(Socket.prototype, "send", { value: send });
  }
}

/**
 * Every message bears the kernel's own session. tslab puts the asker's there; JupyterLab takes a
 * change of session for a new kernel, and drops what it is still handling: a first cell's output,
 * when the server asks whether the kernel is alive.
 */
function signAsOneKernel(server) {
  const session = randomUUID();
  const repaired = new WeakSet();
  const { publishStatus } = server;
  server.publishStatus = function (status, parent) {
    const message = Object.getPrototypeOf(parent);
    if (!repaired.has(message)) {
      const { createReply } = message;
      message.createReply = function () {
        const reply = createReply.call(this);
        reply.header.session = session;
        return reply;
      };
      repaired.add(message);
    }
    publishStatus.call(this, status, parent);
  };
}

/**
 * "idle" is not the last word while cells run or wait: tslab says it after every answer, to a
 * completion's question too.
 */
function stayBusy(server) {
  const unfinished = new Set();
  const { publishStatus, handleExecute } = server;
  server.handleExecute = async function (socket, message) {
    unfinished.add(message);
    try {
      await handleExecute.call(this, socket, message);
    } finally {
      unfinished.delete(message);
    }
  };
  server.publishStatus = function (status, parent) {
    publishStatus.call(this, status, parent);
    const [next] = unfinished;
    if (status === "idle" && next) publishStatus.call(this, "busy", next);
  };
}

module.exports = { repairMessages };
