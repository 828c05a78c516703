import { cellTitle, type EpochPoint, type RunRecord } from "gated-rnn/browser";
import type { FromWorker, Question, Questions, RunOrder, ToWorker } from "./messages.ts";
import { unitCell } from "./unit-cell.ts";

/** Why a worker could not do something, with the line of the equations where there is one. */
export class Refusal extends Error {
  constructor(
    message: string,
    readonly line: number | undefined,
  ) {
    super(message);
  }
}

let program: string | undefined;

/** A worker of the page's own program, which lies in the page: it opens from disk, too. */
function startWorker(): Worker {
  program ??= URL.createObjectURL(
    new Blob([document.getElementById("program")?.textContent ?? ""], { type: "text/javascript" }),
  );
  return new Worker(program);
}

/** A worker, and the questions that it has not answered yet. */
export class Asked {
  private readonly worker = startWorker();
  private readonly open = new Map<
    number,
    { resolve: (answer: never) => void; reject: (error: Error) => void }
  >();
  private last = 0;

  constructor(onMessage: (message: FromWorker) => void = () => {}) {
    this.worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (data.kind === "answer") this.take(data.id)?.resolve(data.answer as never);
      else if (data.kind === "refused")
        this.take(data.id)?.reject(new Refusal(data.message, data.line));
      else onMessage(data);
    };
    const wasm = (build: string) => document.getElementById(`wasm-${build}`)?.textContent ?? "";
    this.tell({
      kind: "begin",
      wasm: { simd: wasm("simd"), relaxed: wasm("relaxed-simd") },
    });
  }

  tell(message: ToWorker): void {
    this.worker.postMessage(message);
  }

  ask<Q extends Question>(question: Q, ask: Questions[Q]["ask"]): Promise<Questions[Q]["answer"]> {
    const id = ++this.last;
    return new Promise((resolve, reject) => {
      this.open.set(id, { resolve: resolve as never, reject });
      this.tell({ kind: "ask", id, question, ask } as ToWorker);
    });
  }

  close(): void {
    this.worker.terminate();
    for (const { reject } of this.open.values()) reject(new Refusal("it was stopped", undefined));
  }

  private take(id: number) {
    const found = this.open.get(id);
    this.open.delete(id);
    return found;
  }
}

/** One unit of the race as the page knows it. */
export class Unit {
  readonly curve: EpochPoint[] = [];
  /** Until the worker has made it. */
  facts: Extract<FromWorker, { kind: "ready" }> | undefined;
  share = 0;
  status: RunRecord["status"] | "training" | "refused" = "training";
  problem: string | undefined;
  problemLine: number | undefined;
  readonly asked: Asked;
  readonly title: string;

  constructor(
    readonly name: string,
    order: RunOrder,
    onChange: (unit: Unit) => void,
  ) {
    this.asked = new Asked((message) => {
      this.hear(message);
      onChange(this);
    });
    this.title = name === "mine" ? "yours" : cellTitle(unitCell(order.unit).name);
    this.asked.tell(order);
  }

  get best(): EpochPoint | undefined {
    return this.curve.reduce<EpochPoint | undefined>(
      (best, point) => (best && best.valid.nllPerStep <= point.valid.nllPerStep ? best : point),
      undefined,
    );
  }

  private hear(message: FromWorker): void {
    switch (message.kind) {
      case "ready":
        this.facts = message;
        return;
      case "progress":
        this.share = message.share;
        return;
      case "point":
        this.curve.push(message.point);
        this.share = 0;
        return;
      case "done":
        this.status = message.status;
        this.problem = message.error;
        return;
      case "failed":
        this.status = "refused";
        this.problem = message.message;
        this.problemLine = message.line;
    }
  }
}
