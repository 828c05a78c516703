export { altText } from "./alt-text.js";
export type { Sound } from "./audio.js";
export {
  baselineReferences,
  baselineRows,
  baselinesTable,
  baselineTitles,
} from "./baseline-rows.js";
export { cellDiagram } from "./cell-diagram.js";
export { cellTitle } from "./colours.js";
/** The checks of the notebooks' exercises. */
export * as exercises from "./exercises.js";
export { type GatePictureOptions, gatePicture } from "./gate-picture.js";
export { type Flow, gradientFlowPicture } from "./gradient-flow-picture.js";
export {
  type CurveSource,
  type LearningCurvesOptions,
  learningCurves,
  type Reference,
} from "./learning-curves.js";
export { type LedgerEntry, type LedgerSet, ledger } from "./ledger.js";
export { type LedgerRuns, ledgerTable } from "./ledger-table.js";
export { type ListeningPictureOptions, listeningPicture } from "./listening-picture.js";
export { narrowChart } from "./narrow.js";
/** What a notebook shows below its cells: show.chart, show.table, show.equations, show.training, … */
export * as show from "./notebook.js";
export { htmlPage, type PageSection } from "./page.js";
export { type PaperNll, type PaperRow, paperNll, paperTable } from "./paper-table.js";
export { noteName, type PianoRollPictureOptions, pianoRollPicture } from "./piano-roll-picture.js";
export { type Png, toPng, toSvg } from "./picture.js";
export { type BaselineRow, type ResultsTableOptions, resultsTable } from "./results-table.js";
export { train } from "./shown-training.js";
export { type SizePictureOptions, sizePicture } from "./size-picture.js";
export { type SoundPictureOptions, spectrogramPicture, waveformPicture } from "./sound-pictures.js";
export type { VegaLiteSpec } from "./spec.js";
export { type Column, type Table, tableHtml, tableMarkdown, tableText } from "./table.js";
export { type BaselinesByData, table2, table2Picture } from "./table-2.js";
