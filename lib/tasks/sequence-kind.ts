import type { Output } from "../outputs/index.js";

/** A step: a number, or several; of classes a name or number; of keys their numbers. */
export type Step = number | string | ArrayLike<number>;

/** What the steps of sequences are, and what is to be predicted. */
export interface SequenceKind {
  /**
   * `values` (default): numbers, by a Gaussian each. `classes` (default where targets are names):
   * one of several. `counts`: whole numbers from 0 on. `keys`: each on or off.
   */
  readonly predict?: "values" | "classes" | "counts" | "keys";
  /** The classes' names, or how many there are; default: those of the training split. */
  readonly classes?: number | readonly string[];
  /** How many keys there are, where keys are predicted. */
  readonly keys?: number;
  /** Steps of the input are numbers of so many keys; one-hot, where there is one a step. */
  readonly inputKeys?: number;
  /** Names of the input's columns, and of the target's (default: input 1 …, target 1 …). */
  readonly columns?: readonly string[];
  readonly targetColumns?: readonly string[];
  /**
   * Numbers are read as (x − mean) / deviation of the training split (default true). The NLL is
   * that of the normalised values: add ln(deviation) of each column to have it in your unit.
   */
  readonly normalise?: boolean;
  /** Of values: a mixture of so many Gaussians over all numbers of a step (default: one each). */
  readonly components?: number;
  /** Another output than the kind's own. */
  readonly output?: Output;
}
