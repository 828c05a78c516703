const waiting: (() => void)[] = [];
let channel: MessageChannel | undefined;

/**
 * Lets timers, signals, messages and a notebook's interrupt in: a loop of microtasks would keep them
 * out. A page has no `setImmediate`, and its timers wait four milliseconds; a message does not.
 */
export function breathe(): Promise<void> {
  if (typeof setImmediate === "function") return new Promise((resolve) => setImmediate(resolve));
  if (channel === undefined) {
    channel = new MessageChannel();
    channel.port1.onmessage = () => waiting.shift()?.();
  }
  const { port2 } = channel;
  return new Promise((resolve) => {
    waiting.push(resolve);
    port2.postMessage(undefined);
  });
}
