/** The notebook cell that runs now. */
export interface NotebookCell {
  /** Aborted by the notebook's stop button. */
  readonly signal: AbortSignal;
  /** The cell counts as running until the work has ended, whatever the stop button does. */
  keepsBusy(work: Promise<unknown>): void;
}

const place = Symbol.for("gated-rnn.notebook-cell");

/**
 * As the kernel's launcher tells it (notebooks/kernels/tslab/interrupt.cjs); undefined elsewhere.
 */
export function notebookCell(): NotebookCell | undefined {
  return (globalThis as { [place]?: NotebookCell })[place];
}
