export { bernoulli } from "./bernoulli.js";
export { categorical } from "./categorical.js";
export { gaussian } from "./gaussian.js";
export { deviationFloor, gaussianMixture } from "./gaussian-mixture.js";
export {
  type Output,
  type OutputEquations,
  type OutputVocabulary,
  output,
} from "./output.js";
export { poisson } from "./poisson.js";
