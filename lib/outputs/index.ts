export { bernoulli } from "./bernoulli.js";
export { categorical } from "./categorical.js";
export { heldSample, type OutputWeights, rowNll, sampleRow } from "./evaluate.js";
export { gaussian } from "./gaussian.js";
export { deviationFloor, gaussianMixture } from "./gaussian-mixture.js";
export { outputLatex } from "./latex.js";
export {
  type NadeCondition,
  type NadeOptions,
  type NadeOrder,
  nade,
  nadeConditions,
  nadeOrders,
} from "./nade.js";
export {
  type Output,
  type OutputEquations,
  type OutputSizes,
  type OutputVocabulary,
  output,
  type RowSymbol,
} from "./output.js";
export { poisson } from "./poisson.js";
