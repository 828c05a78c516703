// gated-rnn/sweep: many runs side by side, the records that they leave, and what those say.
export {
  type Comparison,
  type ComparisonOptions,
  compareUnits,
  type Estimate,
} from "./statistics/comparison.js";
export { expectedBest } from "./statistics/expected-best.js";
export { holm } from "./statistics/holm.js";
export type { PairedTestOptions } from "./statistics/paired-test.js";
export { type PairedTest, pairedTest } from "./statistics/paired-test.js";
export { type DataSetScores, type PooledClaim, pooledClaim } from "./statistics/pooled.js";
export { type NllMean, type UnitRuns, unitRuns } from "./statistics/runs.js";
export { atlas } from "./sweep/atlas.js";
export { type AtlasRow, atlasRows, type MemoryRow, memoryRows } from "./sweep/atlas-rows.js";
export { chosenRecords, isStillLearning } from "./sweep/chosen.js";
export { presets, type SweepPlan } from "./sweep/plan.js";
export {
  bestRecords,
  filterRecords,
  type RecordFilter,
  type RecordsFrame,
  readRecords,
  recordPlaces,
  recordsCsv,
  recordsFrame,
} from "./sweep/records.js";
export { isComparable, type Search, searches } from "./sweep/searches.js";
export type { SweepStatus } from "./sweep/status.js";
export type { SweepSummary } from "./sweep/summary.js";
export { type SweepOptions, type SweepResult, sweep } from "./sweep/sweep.js";
export { learningRateCandidates } from "./train/learning-rates.js";
export {
  type EpochPoint,
  type RunConfiguration,
  type RunRecord,
  shortPoint,
} from "./train/record.js";
export { readRecord, recordFile, writeRecord } from "./train/record-file.js";
