import {
  bernoulli,
  categorical,
  gaussian,
  gaussianMixture,
  type Output,
  poisson,
} from "../outputs/index.js";

// What each kind of target is predicted by, unless a task names another output.

/** Numbers: a Gaussian each with a learnt deviation, or a mixture of several over all of them. */
export const valuesOutput = (size: number, components = 1): Output =>
  components === 1 ? gaussian(size) : gaussianMixture(size, components);

/** One of some classes. */
export const classesOutput = (classes: number): Output => categorical(classes);

/** Whole numbers from 0 on. */
export const countsOutput = (size: number): Output => poisson(size);

/** Keys that are on or off, each on its own. */
export const keysOutput = (keys: number): Output => bernoulli(keys);
