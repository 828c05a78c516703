import { z } from "zod";
import { GatedRnnError } from "../errors.js";

const share = z.number().positive().lt(1);

/** How own files are read; plain data, kept with the plan of a sweep. */
export const dataOptions = z.strictObject({
  /** Columns of CSV files to predict: the next values of numbers, a class of names. */
  target: z.array(z.string()).min(1).optional(),
  /** Columns to read (default: all that are numbers in every file). */
  input: z.array(z.string()).min(1).optional(),
  predict: z.enum(["values", "classes", "counts"]).optional(),
  /** Of which step the target is: the next (default of numbers), the same, or the whole sequence's. */
  of: z.enum(["next", "step", "sequence"]).optional(),
  /** A column whose value says which rows of a file are one sequence (default: a file is one). */
  sequence: z.string().optional(),
  /** Text: characters before the network begins anew (default 200). */
  steps: z.number().int().positive().optional(),
  /** WAV files: samples of a sequence (default 8,000). */
  sequenceSamples: z.number().int().min(30).optional(),
  /** The split by rule, where there are no folders `train`, `valid` and `test`. */
  split: z
    .strictObject({
      seed: z.number().int().nonnegative().optional(),
      valid: share.optional(),
      test: share.optional(),
    })
    .optional(),
});
/** How a folder or file of one's own is read; see `openTask`. */
export type DataOptions = Readonly<z.infer<typeof dataOptions>>;

/** @throws GatedRnnError `usage` for what makes no sense */
export function checkDataOptions(options: DataOptions): DataOptions {
  const checked = dataOptions.safeParse(options);
  if (checked.success) return checked.data;
  const [{ path, message }] = checked.error.issues;
  throw new GatedRnnError("usage", `data: ${path.join(".")}: ${message}`);
}

/** A rule without options that are not given. */
export const ruleOf = (split: NonNullable<DataOptions["split"]>) =>
  Object.fromEntries(Object.entries(split).filter(([, value]) => value !== undefined));
