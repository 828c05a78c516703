// The door for pages and their workers: what needs nothing of Node. Cells, data from bytes, two engines, the trainer, sampling, sound,
// and a look into what was learnt.
export {
  type Cell,
  type CellEquations,
  type CellSymbol,
  cell,
  type Vocabulary,
} from "./cells/cell.js";
export { gru } from "./cells/gru.js";
export { cellNamed, cellNames, cells, paperCells } from "./cells/index.js";
export { latex } from "./cells/latex.js";
export { lstm, lstmWithForgetBias } from "./cells/lstm.js";
export { hiddenSizeFor, paperHiddenSizes, parameterCount } from "./cells/size.js";
export { stack } from "./cells/stack.js";
export { tanh } from "./cells/tanh.js";
export { gruAfter } from "./cells/zoo/gru-after.js";
export { zoo } from "./cells/zoo/index.js";
export { lstmForget1 } from "./cells/zoo/lstm-forget-1.js";
export { lstmNoPeepholes } from "./cells/zoo/lstm-no-peepholes.js";
// data: from bytes, or composed
export { type Baseline, baselines } from "./data/baselines.js";
export type { Batch, Rows } from "./data/batch.js";
export type { Keys } from "./data/batches.js";
export { batchOf, bucketedBatches } from "./data/batches.js";
export type { BucketOptions } from "./data/buckets.js";
export { datasetChecksum } from "./data/checksum.js";
export type { MusicDataset, Split } from "./data/dataset.js";
export { type MidiFile, readMidi } from "./data/midi.js";
export {
  type MidiFolder,
  type MidiFolderOptions,
  type MidiSource,
  musicFromMidiFiles,
} from "./data/midi-files.js";
export { type MidiOutOptions, midiBytes } from "./data/midi-out.js";
export { type MidiRollOptions, pianoRollsFromMidi } from "./data/midi-roll.js";
export {
  beginningOf,
  highestNotes,
  notesAt,
  type PianoRoll,
  pianoRoll,
} from "./data/piano-roll.js";
export { pianoRollsFromPickle } from "./data/pickle-music.js";
export { splitGroups } from "./data/split-rule.js";
export { syntheticChorales } from "./data/synthetic.js";
export { wavBytes } from "./data/wav-out.js";
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
export { nativeWasmFrom } from "./engines/native/wasm.js";
export { streamOn } from "./engines/stream.js";
export type { AdapterDescription, WebGpuEngine, WebGpuOptions } from "./engines/webgpu/contract.js";
export { webGpuInPage } from "./engines/webgpu/page.js";
export { GatedRnnError, NotFiniteError } from "./errors.js";
// what was learnt: heard, seen, measured
export { type Harmonised, type HarmoniseOptions, harmoniseOn } from "./generate/harmonise-on.js";
export { type MusicSamplingOptions, sampleMusicOn } from "./generate/music-on.js";
export { type SynthOptions, soundOfMusic } from "./generate/synth.js";
export { type ChordStatistics, chordStatistics, type Shares } from "./look/chords.js";
export { gradientFlow, gradientReach } from "./look/gradient-flow.js";
export { type Heard, listen } from "./look/listen.js";
export { initialState } from "./model/initialise.js";
export { type Model, model, type Parameter } from "./model/model.js";
export type { TrainingState } from "./model/state.js";
export { bernoulli } from "./outputs/bernoulli.js";
export { categorical } from "./outputs/categorical.js";
export { keyChances, rowNll, sampleRow } from "./outputs/evaluate.js";
export { gaussian } from "./outputs/gaussian.js";
export { gaussianMixture } from "./outputs/gaussian-mixture.js";
export { outputLatex } from "./outputs/latex.js";
export { type NadeOptions, nade } from "./outputs/nade.js";
export { outputNamed } from "./outputs/named.js";
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
export { cellDiagram } from "./show/cell-diagram.js";
export { cellScale, cellTitle } from "./show/colours.js";
export {
  type CurveSource,
  type LearningCurvesOptions,
  learningCurves,
  type Reference,
} from "./show/learning-curves.js";
export type { VegaLiteSpec } from "./show/spec.js";
// training
export { musicTask } from "./tasks/music.js";
export type { Task } from "./tasks/task.js";
export { memoryKeeper, type PageTrainOptions, train } from "./train/page.js";
export type { TrainProgress } from "./train/progress.js";
export { protocols } from "./train/protocol.js";
export type { EpochPoint, RunConfiguration, RunRecord } from "./train/record.js";
export { decodeSafetensors, encodeSafetensors } from "./train/safetensors.js";
export type { Keeper, RunSettings, TrainResult } from "./train/training.js";
export { type TrainedModel, weightsFile, weightsFrom } from "./train/weights-bytes.js";
export type { Update } from "./updates/update.js";
