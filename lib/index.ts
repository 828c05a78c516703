// gated-rnn, the front door: what a first script needs. More stands behind the doors beside it: gated-rnn/data (files and batches),
// gated-rnn/show (pictures and tables), gated-rnn/sweep (many runs) and gated-rnn/browser. Importing it loads no engine, no TensorFlow.js and no
// chart library: those come when they are asked for.

export { openData, openMusic } from "../data-prep/open.js";
export {
  type BiasName,
  type Cell,
  type CellEquations,
  type CellSymbol,
  cell,
  type Variant,
  type Vocabulary,
} from "./cells/cell.js";
export type {
  BiasBeginning,
  CellParameter,
  Graph,
  GraphNode,
  NodeIndex,
  ParameterRole,
  WordNode,
} from "./cells/graph.js";
export { gru } from "./cells/gru.js";
export { cellNamed, cellNames, paperCells } from "./cells/index.js";
export { latex } from "./cells/latex.js";
export { lstm } from "./cells/lstm.js";
export { memoryless } from "./cells/memoryless.js";
export type { CellSize } from "./cells/size.js";
export { hiddenSizeFor, paperHiddenSizes, parameterCount } from "./cells/size.js";
export { stack } from "./cells/stack.js";
export { tanh } from "./cells/tanh.js";
export { gruAfter } from "./cells/zoo/gru-after.js";
export { zoo } from "./cells/zoo/index.js";
export { lstmChrono } from "./cells/zoo/lstm-chrono.js";
export { lstmForget1 } from "./cells/zoo/lstm-forget-1.js";
export { lstmNoPeepholes } from "./cells/zoo/lstm-no-peepholes.js";
export type { RowWord, Shape, WordName } from "./compile/word-names.js";
export type { Value } from "./compile/words.js";
export type { Batch, Rows } from "./data/batch.js";
export type { MusicDataset, SpeechDataset, Split, Waveform } from "./data/dataset.js";
export { type PianoRoll, pianoRoll } from "./data/piano-roll.js";
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
export type { OpenOptions } from "./engines/index.js";
export {
  defaultEngine,
  engineNames,
  openEngine,
  type StreamOptions,
  stream,
} from "./engines/index.js";
export { streamOn } from "./engines/stream.js";
export type { ErrorCode } from "./errors.js";
export { BadFileError, GatedRnnError, NotFiniteError } from "./errors.js";
export type { Imported, ImportOptions } from "./exchange/imported.js";
export { importKeras, kerasWeights } from "./exchange/keras.js";
export { type OnnxOptions, onnxModel } from "./exchange/onnx.js";
export { importPytorch, pytorchWeights } from "./exchange/pytorch.js";
export { harmonise } from "./generate/harmonise.js";
export type { Harmonised, HarmoniseOptions } from "./generate/harmonise-on.js";
export { sampleMusic } from "./generate/music.js";
export type { MusicSamplingOptions } from "./generate/music-on.js";
export type { SamplingOptions } from "./generate/sampling.js";
export type { Trained } from "./generate/sequence.js";
export {
  type Prediction,
  predictSequence,
  type SequenceSamplingOptions,
  sampleSequence,
  sampleText,
} from "./generate/sequence.js";
export { type SpeechSamplingOptions, sampleSpeech, soundOf } from "./generate/speech.js";
export { type SynthOptions, soundOfMusic } from "./generate/synth.js";
export { baselinesOf } from "./look/baselines.js";
export {
  type ChordStatistics,
  chordStatistics,
  distance as shareDistance,
  type Shares,
} from "./look/chords.js";
export { type TransposedNll, transposedNll } from "./look/transposed.js";
export { initialState } from "./model/initialise.js";
export { type Model, model, type Parameter } from "./model/model.js";
export type { ByParameter, TrainingState } from "./model/state.js";
export { bernoulli } from "./outputs/bernoulli.js";
export { categorical } from "./outputs/categorical.js";
export {
  heldSample,
  type OutputWeights,
  type RowGiven,
  type RowNll,
  rowNll,
  sampleRow,
} from "./outputs/evaluate.js";
export { gaussian } from "./outputs/gaussian.js";
export { gaussianMixture } from "./outputs/gaussian-mixture.js";
export type { Draw, RowGraph, RowNode } from "./outputs/graph.js";
export { outputLatex } from "./outputs/latex.js";
export { type NadeCondition, type NadeOptions, type NadeOrder, nade } from "./outputs/nade.js";
export type { TargetKind } from "./outputs/output.js";
export {
  type Output,
  type OutputEquations,
  type OutputSizes,
  type OutputVocabulary,
  output,
  type RowSymbol,
} from "./outputs/output.js";
export { poisson } from "./outputs/poisson.js";
export { type Generator, generator } from "./random/generator.js";
/** What a notebook shows below its cells: show.chart, show.table, show.equations, show.training, … */
export * as show from "./show/notebook.js";
export { train } from "./show/shown-training.js";
export { presets, type SweepPlan } from "./sweep/plan.js";
export { type RecordsFrame, readRecords, recordsFrame } from "./sweep/records.js";
export { type SweepOptions, type SweepResult, sweep } from "./sweep/sweep.js";
export { addingForgotten, addingHalf, addingTask } from "./tasks/adding.js";
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
export type { TaskSource } from "./tasks/source.js";
export { speechTask } from "./tasks/speech.js";
export type { EpochOptions, Task } from "./tasks/task.js";
export { type Texts, type TextTaskOptions, textTask } from "./tasks/text.js";
export type { Column, InputUnits, Units } from "./tasks/units.js";
export { removeCheckpoint } from "./train/checkpoint.js";
export type { TrainProgress } from "./train/progress.js";
export type { Protocol } from "./train/protocol.js";
export { protocols } from "./train/protocol.js";
export type {
  EpochPoint,
  ProtocolName,
  RunConfiguration,
  RunRecord,
} from "./train/record.js";
export { readRecord, writeRecord } from "./train/record-file.js";
export type { DecodeOptions } from "./train/safetensors.js";
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
export { readWeights, writeWeights } from "./train/weights.js";
export type { TrainedModel } from "./train/weights-bytes.js";
export { adam } from "./updates/adam.js";
export { updateNamed, updateNames } from "./updates/index.js";
export { rmsprop } from "./updates/rmsprop.js";
export { sgd } from "./updates/sgd.js";
export type { UpdateNode } from "./updates/update.js";
export {
  type Update,
  type UpdateGraph,
  type UpdateResults,
  type UpdateSettings,
  type UpdateSymbol,
  type UpdateVocabulary,
  update,
} from "./updates/update.js";
