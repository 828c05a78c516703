import type { EpochPoint, PianoRoll, RunRecord, Split } from "gated-rnn/browser";

/** From what a worker makes its data set: seeds, or pieces that the page has read. */
export type DataSource =
  | { readonly kind: "synthetic"; readonly seed: number }
  | {
      readonly kind: "pieces";
      readonly name: string;
      readonly title: string;
      readonly stepsPerQuarter: number;
      readonly sets: Readonly<Record<Split, readonly PianoRoll[]>>;
    };

/** A library's unit, or equations. */
export interface UnitSource {
  readonly name: string;
  readonly forgetBias: number;
  readonly source: string;
}

/** All that a unit's worker trains by. */
export interface RunOrder {
  readonly kind: "train";
  readonly unit: UnitSource;
  readonly data: DataSource;
  readonly engine: "wasm" | "webgpu" | "software";
  readonly settings: {
    readonly protocol: "ours" | "authors";
    readonly learningRate: number;
    readonly weightNoise: number;
    readonly hiddenSize?: number;
    readonly output?: string;
    readonly batchSize: number;
    readonly epochs: number;
    readonly patience: number;
    readonly seed: number;
  };
}

/** What is asked of a worker, and what it answers. */
export interface Questions {
  /** New music by the parameters of this moment, and its sound. */
  sample: {
    ask: {
      readonly seed: number;
      readonly steps: number;
      readonly temperature: number;
      readonly primer: PianoRoll | undefined;
    };
    answer: { readonly roll: PianoRoll; readonly epoch: number };
  };
  /** Voices below a melody, by the parameters of this moment. */
  harmonise: {
    ask: { readonly seed: number; readonly temperature: number; readonly melody: PianoRoll };
    answer: { readonly roll: PianoRoll; readonly epoch: number };
  };
  sound: {
    ask: { readonly roll: PianoRoll; readonly stepsPerQuarter: number };
    answer: { readonly samples: Float32Array<ArrayBuffer>; readonly sampleRateHz: number };
  };
  listen: { ask: { readonly piece: PianoRoll }; answer: HeardPiece };
  /** How far back the gradient of one step reaches: shares, the step itself first. */
  reach: {
    ask: { readonly piece: PianoRoll; readonly step: number };
    answer: { readonly shares: Float64Array };
  };
  /** The run's record so far; training goes on afterwards where it was. */
  record: { ask: Readonly<Record<string, never>>; answer: { readonly record: RunRecord } };
  weights: { ask: Readonly<Record<string, never>>; answer: { readonly bytes: Uint8Array } };
  /** Whether equations make a cell, and what it looks like. */
  check: {
    ask: { readonly unit: UnitSource };
    answer: { readonly name: string; readonly diagram: string; readonly parameters: number };
  };
  /** A data set from bytes that were dropped or fetched. */
  read: {
    ask: { readonly files: readonly { readonly name: string; readonly bytes: Uint8Array }[] };
    answer: ReadFiles;
  };
  compose: { ask: { readonly seed: number }; answer: DataFacts };
  midi: {
    ask: { readonly roll: PianoRoll; readonly stepsPerQuarter: number };
    answer: { readonly bytes: Uint8Array };
  };
}
export type Question = keyof Questions;

/** What the page shows of a data set. */
export interface DataFacts {
  readonly title: string;
  readonly pieces: Readonly<Record<Split, number>>;
  readonly stepsPerQuarter: number;
  /** On the validation split, in nats: what models without a network reach. */
  readonly baselines: readonly { readonly name: string; readonly nllPerStep: number }[];
  /** How many notes most steps have that sound, and the share that do. */
  readonly voices: { readonly most: number; readonly share: number };
  /** The least that any model can reach on average, where it is known. */
  readonly entropyPerStep: number | undefined;
  /** Some pieces of the test split, to look at and to listen to. */
  readonly examples: readonly PianoRoll[];
}

export interface ReadFiles {
  readonly source: DataSource;
  readonly facts: DataFacts;
  /** What was left out or mended, for the visitor. */
  readonly notes: readonly string[];
}

/** See `Heard` of the library; gates by name. */
export interface HeardPiece {
  readonly epoch: number;
  readonly steps: number;
  readonly keys: number;
  readonly lowestNote: number;
  readonly hiddenSize: number;
  readonly chances: Float32Array;
  readonly surprise: Float64Array;
  readonly gates: readonly { readonly name: string; readonly values: Float32Array }[];
}

export type ToWorker =
  | { readonly kind: "begin"; readonly wasm: { readonly simd: string; readonly relaxed: string } }
  | RunOrder
  | { readonly kind: "run"; readonly runs: boolean }
  | {
      [Q in Question]: {
        readonly kind: "ask";
        readonly id: number;
        readonly question: Q;
        readonly ask: Questions[Q]["ask"];
      };
    }[Question];

export type FromWorker =
  | {
      readonly kind: "ready";
      readonly hiddenSize: number;
      readonly parameters: number;
      readonly build: string;
      readonly gates: readonly string[];
      readonly diagram: string;
    }
  | { readonly kind: "progress"; readonly epoch: number; readonly share: number }
  | { readonly kind: "point"; readonly point: EpochPoint }
  | { readonly kind: "done"; readonly status: RunRecord["status"]; readonly error?: string }
  | { readonly kind: "failed"; readonly message: string; readonly line: number | undefined }
  | { readonly kind: "answer"; readonly id: number; readonly answer: unknown }
  | {
      readonly kind: "refused";
      readonly id: number;
      readonly message: string;
      readonly line: number | undefined;
    };
