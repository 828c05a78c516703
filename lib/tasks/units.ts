import { z } from "zod";

/** A column of numbers, and how it was normalised: (x − mean) / deviation. */
const column = z.object({
  name: z.string(),
  mean: z.number(),
  deviation: z.number().positive(),
});
/** A column of numbers by name, with the mean and deviation that it was normalised by. */
export type Column = Readonly<z.infer<typeof column>>;

/** What a model reads at a step: numbers, or which of some keys are on. */
const input = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("numbers"), columns: z.array(column).min(1) }),
  z.object({ kind: z.literal("keys"), size: z.number().int().positive() }),
]);
/** What the numbers that a model reads at a step stand for. */
export type InputUnits = Readonly<z.infer<typeof input>>;

const own = {
  input,
  /** `next`: of what is read itself, one step on; `step`: of each step; `sequence`: of the last. */
  of: z.enum(["next", "step", "sequence"]),
};

/**
 * What the numbers of a model stand for: keys of a piano, normalised samples; of own data, columns
 * with their normalisation, names of classes, the characters of a text.
 */
export const units = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("music"),
    lowestNote: z.number().int(),
    stepsPerQuarter: z.number().positive(),
  }),
  z.object({
    kind: z.literal("speech"),
    sampleRateHz: z.number().positive(),
    mean: z.number(),
    standardDeviation: z.number().positive(),
  }),
  z.object({ kind: z.literal("values"), ...own, columns: z.array(column).min(1) }),
  z.object({ kind: z.literal("counts"), ...own, columns: z.array(z.string()).min(1) }),
  z.object({ kind: z.literal("classes"), ...own, classes: z.array(z.string()).min(1) }),
  z.object({ kind: z.literal("keys"), ...own, size: z.number().int().positive() }),
  z.object({
    kind: z.literal("text"),
    /** Character k of the one-hot rows, in the order of their code points. */
    characters: z.array(z.string()).min(1),
  }),
]);
/**
 * What the numbers that a model reads and predicts stand for: enough to write predictions in the
 * data's own units.
 */
export type Units = Readonly<z.infer<typeof units>>;
/** Of a task of own sequences. */
export type OwnUnits = Extract<Units, { readonly of: unknown }>;
