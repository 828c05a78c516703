import type { Engine, Session } from "gated-rnn/browser";

/**
 * Stands before every update of a session: holds it while the race is paused, and lets questions be
 * answered between two updates, as a session's calls must not overlap.
 */
export class Gate {
  private runs = false;
  private wake: () => void = () => {};
  private readonly waiting: (() => Promise<void>)[] = [];
  private session: Session | undefined;

  set open(runs: boolean) {
    this.runs = runs;
    this.wake();
  }

  /** Does something with the session between two updates; at once where none is trained. */
  between<T>(work: (session: Session | undefined) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.waiting.push(() => work(this.session).then(resolve, reject));
      if (this.session === undefined) void this.answer();
      else this.wake();
    });
  }

  /** The engine, with its sessions behind this gate. */
  before(engine: Engine): Engine {
    const open: Engine["open"] = async (...how) => {
      const session = await engine.open(...how);
      this.session = session;
      return {
        trainStep: async (batch, settings) => {
          await this.turn();
          return session.trainStep(batch, settings);
        },
        evaluate: (batch) => session.evaluate(batch),
        trace: (batch) => session.trace(batch),
        gradient: (batch) => session.gradient(batch),
        read: () => session.read(),
        write: (state) => session.write(state),
        close: async () => {
          this.session = undefined;
          await session.close();
          await this.answer();
        },
        get activationBytes() {
          return session.activationBytes as number; // grows with the batches; undefined where it is not told
        },
      };
    };
    return { ...engine, open };
  }

  private async turn(): Promise<void> {
    for (;;) {
      await this.answer();
      if (this.waiting.length > 0) continue; // asked while the last answer was given
      if (this.runs) return;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  private async answer(): Promise<void> {
    for (let work = this.waiting.shift(); work; work = this.waiting.shift()) await work();
  }
}
