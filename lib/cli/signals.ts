import { GatedRnnError } from "../errors.js";

/** The signals that ask a command to end, and the exit codes that shells give for them. */
const codes = { SIGINT: 130, SIGTERM: 143 } as const;
type Asked = keyof typeof codes;

/** A Ctrl-C and its echo: npm and timeout pass on what we have got already. In ms. */
const echo = 500;

let first: Asked | undefined;

/** The exit code of a command that was asked to end; nothing when it was not. */
export function stoppedCode(): number | undefined {
  return first && codes[first];
}

/**
 * Ends long work cleanly on the first Ctrl-C or SIGTERM, and at once on the second. Until this is called, and after `done`, the
 * first ends the process at once.
 */
export function interruptible(
  word = "\nstopping after this step (Ctrl-C again to leave at once)\n",
): {
  signal: AbortSignal;
  done(): void;
} {
  const controller = new AbortController();
  let asked = 0;
  const stop = (signal: Asked) => {
    const now = performance.now();
    if (first && now - asked < echo) return;
    asked = now;
    if (first) process.exit(codes[signal]);
    first = signal;
    process.exitCode = codes[signal];
    process.stderr.write(word);
    controller.abort(new GatedRnnError("stopped", `stopped by ${signal}`));
  };
  process.on("SIGINT", stop).on("SIGTERM", stop);
  return {
    signal: controller.signal,
    done: () => process.off("SIGINT", stop).off("SIGTERM", stop),
  };
}
