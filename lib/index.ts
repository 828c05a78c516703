// The package's front door. Importing it loads no engine, no TensorFlow.js and no chart library: those come when they are asked for.

export { openData, openMusic } from "../data-prep/open.js";
export {
  type Cell,
  type CellEquations,
  type CellSymbol,
  cell,
  type Vocabulary,
} from "./cells/cell.js";
export type { Graph, GraphNode } from "./cells/graph.js";
export { gru } from "./cells/gru.js";
export { gruAfter } from "./cells/gru-after.js";
export { cellNamed, cellNames, paperCells } from "./cells/index.js";
export { latex } from "./cells/latex.js";
export { lstm, lstmForget1 } from "./cells/lstm.js";
export { lstmNoPeepholes } from "./cells/lstm-no-peepholes.js";
export { memoryless } from "./cells/memoryless.js";
export { hiddenSizeFor, paperHiddenSizes, parameterCount } from "./cells/size.js";
export { stack } from "./cells/stack.js";
export { tanh } from "./cells/tanh.js";
export { type Baseline, baselines } from "./data/baselines.js";
export type { Batch, Rows } from "./data/batch.js";
export { batchOf, bucketedBatches } from "./data/batches.js";
export type { MusicDataset, Split } from "./data/dataset.js";
export * from "./data/loaders.js";
export { beginningOf, notesAt, type PianoRoll, pianoRoll } from "./data/piano-roll.js";
export { recallForgotten, recallTask } from "./data/recall.js";
export { speechBaselines } from "./data/speech-baselines.js";
export type {
  Engine,
  EngineOptions,
  SequenceNll,
  Session,
  StepReport,
  StepSettings,
  Stream,
  StreamState,
  Trace,
} from "./engines/engine.js";
export {
  defaultEngine,
  engineNames,
  openEngine,
  type StreamOptions,
  stream,
} from "./engines/index.js";
export { streamOn } from "./engines/stream.js";
export { BadFileError, GatedRnnError, NotFiniteError } from "./errors.js";
export type { Imported, ImportOptions } from "./exchange/imported.js";
export { importKeras, kerasWeights } from "./exchange/keras.js";
export { type OnnxOptions, onnxModel } from "./exchange/onnx.js";
export { importPytorch, pytorchWeights } from "./exchange/pytorch.js";
export * from "./generate/index.js";
export { baselinesOf } from "./look/baselines.js";
export { gradientFlow } from "./look/gradient-flow.js";
export { type SoundFeatures, soundFeatures } from "./look/sound-features.js";
export { surprise } from "./look/surprise.js";
export { tracePiece } from "./look/trace.js";
export { initialState } from "./model/initialise.js";
export { isNoisy, type Model, model, type Parameter } from "./model/model.js";
export type { TrainingState } from "./model/state.js";
export * from "./outputs/index.js";
export { type Generator, generator } from "./random/generator.js";
export * from "./show/index.js";
export {
  type Comparison,
  type ComparisonOptions,
  compareUnits,
  type Estimate,
} from "./statistics/comparison.js";
export { expectedBest } from "./statistics/expected-best.js";
export { holm } from "./statistics/holm.js";
export { type PairedTest, pairedTest } from "./statistics/paired-test.js";
export { type DataSetScores, type PooledClaim, pooledClaim } from "./statistics/pooled.js";
export { type NllMean, type UnitRuns, unitRuns } from "./statistics/runs.js";
export { chosenRecords, isStillLearning } from "./sweep/chosen.js";
export { presets, type SweepPlan } from "./sweep/plan.js";
export {
  bestRecords,
  filterRecords,
  type RecordFilter,
  type RecordsFrame,
  readRecords,
  recordsCsv,
  recordsFrame,
} from "./sweep/records.js";
export type { SweepStatus } from "./sweep/status.js";
export type { SweepSummary } from "./sweep/summary.js";
export { type SweepOptions, type SweepResult, sweep } from "./sweep/sweep.js";
export type { DataOptions } from "./tasks/data-options.js";
export type { Dataset } from "./tasks/index.js";
export { musicTask } from "./tasks/music.js";
export { openTask } from "./tasks/open.js";
export type { OpenedTask } from "./tasks/opened.js";
export {
  type LabelledSequence,
  type Sequence,
  type SequenceSplits,
  type SequenceTaskOptions,
  sequenceTask,
} from "./tasks/sequence.js";
export type { SequenceKind, Step } from "./tasks/sequence-kind.js";
export { speechTask, speechWindow } from "./tasks/speech.js";
export type { EpochOptions, Task } from "./tasks/task.js";
export { type Texts, type TextTaskOptions, textTask } from "./tasks/text.js";
export type { Column, InputUnits, Units } from "./tasks/units.js";
export { removeCheckpoint } from "./train/checkpoint.js";
export { learningRateCandidates } from "./train/learning-rates.js";
export type { TrainProgress } from "./train/progress.js";
export { protocols } from "./train/protocol.js";
export {
  type EpochPoint,
  type ProtocolName,
  type RunConfiguration,
  type RunRecord,
  runRecord,
} from "./train/record.js";
export { readRecord, writeRecord } from "./train/record-file.js";
export {
  decodeSafetensors,
  encodeSafetensors,
  type SafeTensors,
  type Tensor,
} from "./train/safetensors.js";
export type {
  TrainingData,
  TrainOptions,
  TrainResult,
  TrainSettings,
} from "./train/train.js";
export { readWeights, type TrainedModel, writeWeights } from "./train/weights.js";
export { adam } from "./updates/adam.js";
export { updateNamed, updateNames } from "./updates/index.js";
export { rmsprop } from "./updates/rmsprop.js";
export { sgd } from "./updates/sgd.js";
export {
  type Update,
  type UpdateGraph,
  type UpdateResults,
  type UpdateSettings,
  type UpdateSymbol,
  type UpdateVocabulary,
  update,
} from "./updates/update.js";
