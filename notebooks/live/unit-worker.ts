import {
  batchOf,
  type Cell,
  cellDiagram,
  type Engine,
  gradientReach,
  harmoniseOn,
  hiddenSizeFor,
  listen,
  type Model,
  memoryKeeper,
  midiBytes,
  model,
  musicTask,
  outputNamed,
  paperHiddenSizes,
  parameterCount,
  sampleMusicOn,
  soundOfMusic,
  streamOn,
  syntheticChorales,
  type Task,
  type TrainingState,
  type TrainResult,
  train,
  weightsFile,
} from "gated-rnn/browser";
import { datasetOf, factsOf, readFiles } from "./data-sets.ts";
import { trainingEngine, wasmEngine } from "./engines.ts";
import { Gate } from "./gate.ts";
import type { FromWorker, Question, Questions, RunOrder, ToWorker } from "./messages.ts";
import { EquationError } from "./own-cell.ts";
import { unitCell } from "./unit-cell.ts";

/** What of a worker's run questions are answered from. */
interface Running {
  readonly order: RunOrder;
  readonly task: Task;
  readonly model: Model;
  epoch: number;
  /** Of the last epoch's best, once training has ended. */
  parameters?: TrainingState["parameters"];
  result?: Promise<TrainResult>;
}

const sampleRateHz = 22_050;
const gate = new Gate();
const keeper = memoryKeeper();
let engine: Promise<Engine>;
let running: Running | undefined;
let pause = new AbortController();
/** Asked for a record while the run goes on: it is ended, and goes on from where it was kept. */
let goesOn = false;

const tell = (message: FromWorker, moved: Transferable[] = []) =>
  (self as unknown as Worker).postMessage(message, moved);

const answers: {
  readonly [Q in Question]: (ask: Questions[Q]["ask"]) => Promise<Questions[Q]["answer"]>;
} = {
  sample: async ({ seed, steps, temperature, primer }) => {
    const { trained, epoch } = await now();
    const roll = await sampleMusicOn(await engine, trained, {
      seed,
      steps,
      temperature,
      ...(primer ? { primer } : {}),
    });
    return { roll, epoch };
  },
  harmonise: async ({ melody, ...how }) => {
    const { trained, epoch } = await now();
    const { roll } = await harmoniseOn(await engine, trained, melody, how);
    return { roll, epoch };
  },
  sound: async ({ roll, stepsPerQuarter }) => {
    const samples = soundOfMusic(roll, { stepsPerQuarter, sampleRateHz });
    return { samples: samples as Float32Array<ArrayBuffer>, sampleRateHz };
  },
  midi: async ({ roll, stepsPerQuarter }) => ({ bytes: midiBytes(roll, { stepsPerQuarter }) }),
  listen: async ({ piece }) => {
    const { trained, epoch, lowestNote } = await now();
    const stream = await streamOn(await engine, trained);
    const { gates, ...heard } = listen(stream, piece, lowestNote, trained.parameters);
    stream.close();
    const named = [...gates].map(([name, values]) => ({ name, values }));
    return { ...heard, lowestNote, epoch, gates: named };
  },
  reach: async ({ piece, step }) => {
    const { trained, lowestNote } = await now();
    const batch = batchOf([piece], { lowestNote, keys: trained.model.inputSize });
    return { shares: gradientReach(trained.model, trained.parameters, batch, step) };
  },
  record: async () => ({ record: (await soFar()).record }),
  weights: async () => {
    const { record, model, parameters, units } = await soFar();
    const { data, id } = record;
    return { bytes: weightsFile({ model, parameters, units, data: data.name, run: id }) };
  },
  check: async ({ unit }) => {
    const cell = unitCell(unit);
    const hiddenSize = usualSize(cell, 88);
    const parameters = parameterCount(cell, { inputSize: 88, hiddenSize });
    return { name: cell.name, diagram: cellDiagram(cell), parameters };
  },
  read: async ({ files }) => readFiles(files),
  compose: async ({ seed }) => factsOf(syntheticChorales(seed)),
};

/** The model as it is at this moment. */
async function now() {
  if (!running) throw new Error("this unit is not trained yet: press Start");
  const { model: of, task, epoch, parameters: last } = running;
  const state =
    last ?? (await gate.between(async (session) => (await session?.read())?.parameters));
  if (!state) throw new Error("this unit is not ready yet: try again in a moment");
  const { units } = task;
  const lowestNote = units.kind === "music" ? units.lowestNote : 21;
  return { trained: { model: of, parameters: state, units }, epoch, lowestNote };
}

/** The run up to this moment, evaluated; it goes on to the same bits as if nobody had asked. */
async function soFar(): Promise<TrainResult> {
  if (!running?.result) throw new Error("this unit is not trained yet: press Start");
  if (running.parameters) return running.result;
  goesOn = true;
  gate.open = true; // the update in progress is made, and then the signal is seen
  pause.abort();
  return running.result;
}

async function begin(order: RunOrder): Promise<void> {
  const cell = unitCell(order.unit);
  const task = musicTask(datasetOf(order.data));
  const trains = await trainingEngine(order.engine, engine);
  const { settings } = order;
  const hiddenSize = settings.hiddenSize ?? usualSize(cell, task.inputSize);
  const size = { inputSize: task.inputSize, hiddenSize };
  const { output } = outputNamed(settings.output ?? task.output.name, task.output);
  running = {
    order,
    task,
    model: model(cell, task.inputSize, hiddenSize, output),
    epoch: 0,
  };
  tell({
    kind: "ready",
    hiddenSize,
    parameters: parameterCount(cell, size),
    build: trains.build,
    gates: cell.graph.named.map(({ name }) => name),
    diagram: cellDiagram(cell),
  });
  await sitting(running, trains);
}

/** The paper's size of a unit, or that of about as many parameters. */
function usualSize(cell: Cell, inputSize: number): number {
  const { [cell.name]: paper } = paperHiddenSizes.music;
  return paper ?? hiddenSizeFor(cell, inputSize, 20_000);
}

/** Trains until the run ends or a record is asked for, and then on. */
async function sitting(run: Running, trains: Engine): Promise<void> {
  const { order, task, model: of } = run;
  pause = new AbortController();
  goesOn = false;
  let told = run.epoch;
  let toldAt = 0;
  run.result = train({
    task,
    cell: of.cell,
    engine: gate.before(trains),
    keeper,
    signal: pause.signal,
    ...order.settings,
    hiddenSize: of.hiddenSize,
    onProgress: ({ epoch, epochShare, curve }) => {
      run.epoch = curve.length;
      for (; told < curve.length; told++) tell({ kind: "point", point: curve[told] });
      const at = performance.now();
      if (at - toldAt < 100) return;
      toldAt = at;
      tell({ kind: "progress", epoch, share: epochShare });
    },
  });
  const { record, parameters, error } = await run.result;
  if (goesOn && record.status === "stopped") {
    gate.open = paused === false;
    return sitting(run, trains);
  }
  run.parameters = parameters;
  tell({ kind: "done", status: record.status, ...(error ? { error: error.message } : {}) });
}

let paused = true;

async function answer<Q extends Question>(id: number, question: Q, ask: Questions[Q]["ask"]) {
  try {
    tell({ kind: "answer", id, answer: await answers[question](ask) });
  } catch (error) {
    const line = error instanceof EquationError ? error.line : undefined;
    tell({ kind: "refused", id, message: (error as Error).message, line });
  }
}

/** What a worker of the page does with each message. */
export function serve(): void {
  self.onmessage = ({ data: message }: MessageEvent<ToWorker>) => {
    switch (message.kind) {
      case "begin":
        engine = wasmEngine(message.wasm);
        return;
      case "train":
        begin(message).catch((error: Error) =>
          tell({
            kind: "failed",
            message: error.message,
            line: error instanceof EquationError ? error.line : undefined,
          }),
        );
        return;
      case "run":
        paused = !message.runs;
        gate.open = message.runs;
        return;
      case "ask":
        void answer(message.id, message.question, message.ask as never);
    }
  };
}
