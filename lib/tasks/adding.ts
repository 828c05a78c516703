import { seedNumber, wholeNumber } from "../data/whole-number.js";
import { type Generator, generator } from "../random/generator.js";
import { type LabelledSequence, sequenceTask } from "./sequence.js";
import type { Task } from "./task.js";

const sequences = { train: 2000, valid: 500, test: 500 } as const;
const longest = 1000;

/**
 * The adding problem (Hochreiter and Schmidhuber 1997, as Le et al. 2015 put it): a sequence of numbers from 0 to 1, two of them marked,
 * one in each half; after the last step their sum is asked for. The first mark may lie a whole sequence back.
 *
 * The score is the NLL of the sum in units of its deviation: `addingForgotten` without memory, `addingHalf` for who knows one of the two.
 *
 * @param steps of a sequence, 2 to 1,000
 * @throws GatedRnnError `usage` for another length, or a seed that is none
 */
export function addingTask(steps: number, seed = 1): Task {
  wholeNumber("adding", "a length", steps, 2, longest);
  seedNumber("adding", seed);
  const make = (split: keyof typeof sequences) => {
    const random = generator(seed, `adding ${split}`);
    return Array.from({ length: sequences[split] }, () => sequence(steps, random));
  };
  return sequenceTask({
    name: `adding-${steps}`,
    title: `Adding two of ${steps} numbers`,
    synthetic: true,
    columns: ["number", "mark"],
    targetColumns: ["sum"],
    ...{ train: make("train"), valid: make("valid"), test: make("test") },
  });
}

function sequence(steps: number, random: Generator): LabelledSequence {
  const numbers = Array.from({ length: steps }, () => random.uniform());
  const half = Math.floor(steps / 2);
  const marked = [random.integer(half), half + random.integer(steps - half)];
  return {
    input: numbers.map((number, t) => [number, marked.includes(t) ? 1 : 0]),
    target: numbers[marked[0]] + numbers[marked[1]],
  };
}

/** NLL in nats of who guesses the sum's mean and deviation: ½ ln 2πe. */
export const addingForgotten = 0.5 * Math.log(2 * Math.PI * Math.E);

/** NLL of who knows one of the two numbers, and of the other its mean and deviation: half of the variance is left. */
export const addingHalf = addingForgotten - 0.5 * Math.log(2);
