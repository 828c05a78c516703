import { plain } from "../files/plain.js";
import { duration } from "../show/duration.js";
import type { TrainProgress } from "../train/progress.js";
import type { RunRecord } from "../train/record.js";

/** Between two looks at a terminal, and two plain lines. */
const milliseconds = { terminal: 100, plain: 10_000 };

/**
 * Shows a training: on a terminal one line with a bar that redraws itself, elsewhere a plain line every ten seconds. Writes
 * to standard error, so that standard output stays clean for results.
 */
export function progressLine(
  label: string,
  stream: NodeJS.WriteStream = process.stderr,
): { show(p: TrainProgress): void; end(): void } {
  let last = 0;
  let drawn = false;
  const interval = stream.isTTY ? milliseconds.terminal : milliseconds.plain;
  return {
    show(p) {
      const now = performance.now();
      const finished = p.epoch === p.epochs && p.epochShare === 1;
      if (now - last < interval && !finished) return;
      last = now;
      const text = line(label, p);
      if (stream.isTTY) stream.write(`\r\x1b[2K${text.slice(0, (stream.columns ?? 80) - 1)}`);
      else stream.write(`${text}\n`);
      drawn = true;
    },
    end() {
      if (drawn && stream.isTTY) stream.write("\r\x1b[2K");
      drawn = false;
    },
  };
}

function line(label: string, p: TrainProgress): string {
  const share = (p.epoch - 1 + p.epochShare) / p.epochs;
  const valid = p.curve.at(-1)?.valid.nllPerStep;
  const nll = `train ${p.nllPerStep.toFixed(2)}${valid === undefined ? "" : `, valid ${valid.toFixed(2)}`} nats`;
  return `${plain(label)} ${bar(share)} epoch ${p.epoch}/${p.epochs}, ${nll}, ${duration(p.secondsLeft)} left`;
}

/** Shows several runs side by side: one line on a terminal, a plain line per finished run elsewhere. */
export function runsProgress(
  cells: readonly string[],
  stream: NodeJS.WriteStream = process.stderr,
) {
  const begun = performance.now();
  const shares = cells.map(() => 0);
  const best = new Map<string, number>();
  let finishedRuns = 0;
  let last = 0;
  const draw = () => {
    const now = performance.now();
    if (!stream.isTTY || now - last < milliseconds.terminal) return;
    last = now;
    const share = shares.reduce((a, b) => a + b, 0) / cells.length;
    const left =
      share > 0 ? `, ${duration((((now - begun) / 1000) * (1 - share)) / share)} left` : "";
    const leaders = [...best].map(([cell, nll]) => `${plain(cell)} ${nll.toFixed(2)}`).join(", ");
    const text = `${bar(share)} ${finishedRuns}/${cells.length} runs${leaders ? `, best validation NLL: ${leaders}` : ""}${left}`;
    stream.write(`\r\x1b[2K${text.slice(0, (stream.columns ?? 80) - 1)}`);
  };
  return {
    show(
      run: number,
      { share, valid }: { readonly share: number; readonly valid: number | null },
    ): void {
      shares[run] = share;
      if (valid !== null)
        best.set(cells[run], Math.min(valid, best.get(cells[run]) ?? Number.POSITIVE_INFINITY));
      draw();
    },
    finished(run: number, { configuration, results, curve, seconds, status }: RunRecord): void {
      shares[run] = 1;
      finishedRuns += 1;
      draw();
      if (stream.isTTY) return;
      const rate = configuration.learningRate.toPrecision(2);
      const end = status === "finished" ? "" : `, ${status}`;
      stream.write(
        `${finishedRuns}/${cells.length} ${plain(cells[run])}, learning rate ${rate}: valid ${results.valid.nllPerStep.toFixed(3)} nats per step after ${curve.length} epochs, ${duration(seconds)}${end}\n`,
      );
    },
    end(): void {
      if (stream.isTTY) stream.write("\r\x1b[2K");
    },
  };
}

/** [████░░░░]. */
export function bar(share: number, width = 20): string {
  const filled = Math.floor(share * width);
  return `[${"█".repeat(filled)}${"░".repeat(width - filled)}]`;
}
