import { checkPredictableSteps, hasPredictableStep, remedies } from "../data/predictable-steps.js";
import type { Task } from "./task.js";

/**
 * Refuses a task of which a split has no step to predict: nothing could be learnt, chosen or told.
 *
 * @throws GatedRnnError `usage`, naming the splits and the remedy
 */
export function checkPredictable(task: Task): void {
  const {
    name,
    units: { kind },
  } = task;
  checkPredictableSteps(
    name,
    (split) => hasPredictableStep(task.evaluation(split)),
    kind === "music" || kind === "speech" ? remedies[kind] : undefined,
  );
}
