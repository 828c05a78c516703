// gated-rnn/show: pictures, tables and sounds of data, cells, training and results, and what is looked up
// in a trained model for them. Loads no chart library before something is drawn.
export { baselinesOf } from "./look/baselines.js";
export { gradientFlow } from "./look/gradient-flow.js";
export { type SoundFeatures, soundFeatures } from "./look/sound-features.js";
export { surprise } from "./look/surprise.js";
export { tracePiece } from "./look/trace.js";
export { atlasPicture } from "./show/atlas-picture.js";
export { atlasTable, memoryTable, variantTitle } from "./show/atlas-table.js";
export type { Sound } from "./show/audio.js";
export {
  baselineReferences,
  baselineRows,
  baselinesTable,
} from "./show/baseline-rows.js";
export { cellDiagram } from "./show/cell-diagram.js";
export { cellTitle } from "./show/colours.js";
export { type CurveColumn, curvePanels } from "./show/curve-panels.js";
export type { CellCurve } from "./show/curve-points.js";
export { commandBeyond, commandsBeyond, edgeTable, ratesBeyond } from "./show/edge-table.js";
/** The checks of the notebooks' exercises. */
export * as exercises from "./show/exercises.js";
export { type Gain, gainsPicture } from "./show/gains-picture.js";
export { type GatePictureOptions, gatePicture } from "./show/gate-picture.js";
export { type Flow, gradientFlowPicture } from "./show/gradient-flow-picture.js";
export {
  type CurveSource,
  type LearningCurvesOptions,
  learningCurves,
  type Reference,
} from "./show/learning-curves.js";
export { type LedgerEntry, type LedgerSet, ledger } from "./show/ledger.js";
export { type LedgerRuns, ledgerTable } from "./show/ledger-table.js";
export { type ListeningPictureOptions, listeningPicture } from "./show/listening-picture.js";
export { meansTable } from "./show/means-table.js";
export { narrowChart } from "./show/narrow.js";
/** What a notebook shows below its cells: show.chart, show.table, show.equations, show.training, … */
export * as show from "./show/notebook.js";
export { type OutputEffect, outputEffects, outputsTable } from "./show/outputs-table.js";
export { atPace, type Pace, readPaces } from "./show/paces.js";
export { type PaperNll, type PaperRow, paperNll, paperTable } from "./show/paper-table.js";
export {
  noteName,
  type PianoRollPictureOptions,
  pianoRollPicture,
} from "./show/piano-roll-picture.js";
export { type Png, toPng, toSvg } from "./show/picture.js";
export type { Sourced } from "./show/provenance.js";
export { type RatePictureOptions, ratePicture } from "./show/rate-picture.js";
export { type BaselineRow, type ResultsTableOptions, resultsTable } from "./show/results-table.js";
export { type SizePictureOptions, sizePicture } from "./show/size-picture.js";
export {
  type SoundPictureOptions,
  spectrogramPicture,
  waveformPicture,
} from "./show/sound-pictures.js";
export type { VegaLiteSpec } from "./show/spec.js";
export { type Column, type Table, tableHtml, tableMarkdown, tableText } from "./show/table.js";
export { type BaselinesByData, type Table2Options, table2 } from "./show/table-2.js";
export { table2Picture } from "./show/table-2-picture.js";
export {
  comparisonTable,
  differenceOf,
  musicPairs,
  type PairOfUnits,
  type PairOptions,
  verdictTable,
} from "./show/verdict-table.js";
