// The door for pages: what needs nothing of Node. Models, batches, and two engines; a page makes its own loop over trainStep.
export {
  type Cell,
  type CellEquations,
  type CellSymbol,
  cell,
  type Vocabulary,
} from "./cells/cell.js";
export { gru } from "./cells/gru.js";
export { latex } from "./cells/latex.js";
export { lstm } from "./cells/lstm.js";
export { hiddenSizeFor, paperHiddenSizes, parameterCount } from "./cells/size.js";
export { stack } from "./cells/stack.js";
export { tanh } from "./cells/tanh.js";
export { gruAfter } from "./cells/zoo/gru-after.js";
export { zoo } from "./cells/zoo/index.js";
export { lstmNoPeepholes } from "./cells/zoo/lstm-no-peepholes.js";
export type { Batch, Rows } from "./data/batch.js";
export type { Keys } from "./data/batches.js";
export { batchOf, bucketedBatches } from "./data/batches.js";
export type { BucketOptions } from "./data/buckets.js";
export { notesAt, type PianoRoll, pianoRoll } from "./data/piano-roll.js";
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
export { initialState } from "./model/initialise.js";
export { type Model, model, type Parameter } from "./model/model.js";
export type { TrainingState } from "./model/state.js";
export { bernoulli } from "./outputs/bernoulli.js";
export { categorical } from "./outputs/categorical.js";
export { rowNll, sampleRow } from "./outputs/evaluate.js";
export { gaussian } from "./outputs/gaussian.js";
export { gaussianMixture } from "./outputs/gaussian-mixture.js";
export { outputLatex } from "./outputs/latex.js";
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
export type { Update } from "./updates/update.js";
