import type { Batch } from "../data/batch.js";
import type { Model } from "../model/model.js";
import type { TrainingState } from "../model/state.js";
import type { Update, UpdateSettings } from "../updates/update.js";

/** How one update is made. Pure numbers: everything random in it follows from `noiseSeed` and the session's update counter. */
export interface StepSettings {
  /** Factor of the rule's step, from 0 on. */
  readonly learningRate: number;
  /** Standard deviation of the Gaussian noise added to the recurrent layer's weight matrices for this update; 0 for none. */
  readonly weightNoise: number;
  /** Seed of the weight noise: a whole number below 2³². */
  readonly noiseSeed: number;
  /** The global gradient norm is rescaled to this when it is larger, after the gradient is computed; Infinity for never. */
  readonly maxGradientNorm: number;
  /** The norm of the step that the rule takes from the parameters is limited to this; the rule's own state is not. Default: no limit. */
  readonly maxStepNorm?: number;
  /** What the gradient is of: the NLL's mean over the batch's predicted steps, or its sum. The report tells the mean either way. */
  readonly loss?: "mean" | "sum";
  /**
   * What happens where the gradient's norm is not finite. `stop` (default) throws `NotFiniteError`; `shrink` takes a tenth of every
   * parameter as its gradient, without rescaling, so that the update shrinks the weights and training goes on, as in the code that
   * the paper's authors published.
   */
  readonly nonFiniteGradient?: "stop" | "shrink";
  /** Settings of the session's update rule, where they are not its defaults. */
  readonly update?: UpdateSettings;
}

/** What one update tells. */
export interface StepReport {
  /** Mean NLL per predicted step of the batch in nats, at the noisy weights, before the update. */
  readonly nllPerStep: number;
  /** Predicted steps in the batch. */
  readonly steps: number;
  /** Global norm of the gradient of the loss, before rescaling; not finite where `nonFiniteGradient` replaced the gradient. */
  readonly gradientNorm: number;
}

/** NLL of one sequence, in nats, summed over its predicted steps. */
export interface SequenceNll {
  /** Sum over its predicted steps, in nats. */
  readonly nll: number;
  /** Its predicted steps. */
  readonly steps: number;
}

/** Every named gate and state of a batch, in the batch's packed rows: [rows, hidden] by name. */
export interface Trace {
  /** Columns of every value. */
  readonly hiddenSize: number;
  readonly values: ReadonlyMap<string, Float32Array>;
}

/**
 * The contract of every engine. One session trains one model; its calls must not overlap, but for `stepsAtOnce`.
 *
 * Update: w̃ = w + noise; g = ∇ loss(w̃); if |g| > max: g ← g · max / |g|; the session's rule makes a step s of g, and the new
 * values of its slots; w ← w − s, with s shortened to `maxStepNorm`. A loss or norm that is not finite leaves everything as it
 * was and throws `NotFiniteError`, unless `nonFiniteGradient` says "shrink".
 */
export interface Session {
  /**
   * One update of the parameters. @throws GatedRnnError `usage` for a batch or settings that
   * do not fit; NotFiniteError
   */
  trainStep(batch: Batch, settings: StepSettings): Promise<StepReport>;
  /**
   * How many `trainStep`s may be under way at once, so that an engine has the next while it tells of
   * the last; 1 if not given. Where one throws, those that follow it throw the same, and all is as
   * before it.
   */
  readonly stepsAtOnce?: number;
  /** One entry per sequence, in the batch's order; no noise. */
  evaluate(batch: Batch): Promise<SequenceNll[]>;
  /** Gates and states of every step, without noise; see `Trace` for the shapes. */
  trace(batch: Batch): Promise<Trace>;
  /** The gradient of `nllPerStep` by parameter name, without noise or clipping: for checks and for looking. */
  gradient(batch: Batch): Promise<ReadonlyMap<string, Float32Array>>;
  /** Parameters, optimiser and counter, copied: all that training goes on from, to the bit. */
  read(): Promise<TrainingState>;
  /**
   * Goes on from a state. @throws GatedRnnError `usage` for one that is not this model's; all
   * stays as it was then
   */
  write(state: TrainingState): Promise<void>;
  /** Bytes that the largest batch so far took for all that the derivative reads of the forward pass, and the readouts; where known. */
  readonly activationBytes?: number;
  /** Gives the memory back; nothing can be computed afterwards. */
  close(): Promise<void>;
}

/** A cell's states as plain arrays, [streams, hidden], by the states' names: what a stream goes on from. Survives JSON to the bit. */
export type StreamState = Readonly<Record<string, ArrayLike<number>>>;

/** A trained model at work: it reads a step of input, says what it predicts next, and remembers. One step allocates nothing. */
export interface Stream {
  readonly model: Model;
  /** How many streams run side by side, each with states of its own. */
  readonly streams: number;
  /**
   * Reads one step of every stream.
   *
   * @param input [streams, input size]
   * @returns [streams, readout size], the output layer's numbers (see `Output`); the next step writes over them
   * @throws GatedRnnError `usage` for another number of numbers, and for one that is not finite in single precision: states stay as they are
   */
  step(input: ArrayLike<number>): Float32Array;
  /**
   * The same for inputs of zeros and a few ones, such as keys that sound: many times as fast where there are few.
   *
   * @param columns of all streams, one stream after another: where an input is one
   * @param offsets [streams + 1], where each stream's columns begin and the last ones end; not needed for one stream
   * @throws GatedRnnError `usage` for columns out of range or given twice, and offsets that do not fit
   */
  stepSparse(columns: ArrayLike<number>, offsets?: ArrayLike<number>): Float32Array;
  /**
   * A gate or state of the last step by its name in the cell's equations: "z", "c~", in a stack "z.2".
   *
   * @returns [streams, hidden]; the next call for this name writes over it
   * @throws GatedRnnError `usage` for an unknown name
   */
  gate(name: string): Float32Array;
  /** All states after the last step, copied. */
  state(): Record<string, number[]>;
  /** @throws GatedRnnError `usage` for a state that is not this model's, or of another number of streams; states then stay as they are */
  restore(state: StreamState): void;
  /** Begins anew, with states of zero: all streams, or one of them. */
  reset(stream?: number): void;
  /** Gives the memory back. What was returned before must not be read any more. */
  close(): void;
}

/** How a session computes. */
export interface EngineOptions {
  /** Threads of a step, on the native addon (default: 1). They part a batch's sequences among them. */
  readonly threads?: number;
  /** How a gradient becomes a step; default: RMSProp. */
  readonly update?: Update;
  /** Reference engine: the TensorFlow.js backend. */
  readonly backend?: string;
}

/** What computes: training, evaluation, traces and streams of any model. See `openEngine`. */
export interface Engine {
  readonly name: string;
  /** What runs and how it was built, as records name it: "native addon avx512 3f2a91c0", "reference wasm tfjs 4.22.0". */
  readonly build: string;
  /** Why it is this build, in a few words: for people who look why theirs is slow. */
  readonly reason?: string;
  /**
   * Whether a model fits, to be asked before its initial weights are made, which takes long for a very large one.
   *
   * @throws GatedRnnError `usage` when it does not
   */
  check?(model: Model): Promise<void>;
  /** The model at work on streams of inputs, step by step; see `stream`. Where the engine can. */
  stream?(model: Model, parameters: TrainingState["parameters"], streams: number): Promise<Stream>;
  /** A session whose parameters are `initial` and whose optimiser is at rest. */
  open(model: Model, initial: TrainingState, options?: EngineOptions): Promise<Session>;
}
