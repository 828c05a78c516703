import type * as tf from "@tensorflow/tfjs";
import { words } from "../../compile/ops.js";
import type { Operand, UpdatePlan } from "../../updates/plan.js";
import type { Tensorflow } from "./forward.js";

/** What a rule reads of one parameter. */
interface UpdateInputs {
  readonly weight: tf.Tensor;
  readonly gradient: tf.Tensor;
  readonly slots: readonly tf.Tensor[];
  readonly scalars: readonly number[];
}

/** A rule's equations op by op: the step and every slot's new value, each a tensor of its own, in the parameter's shape. */
export function updateTensors(
  t: Tensorflow,
  plan: UpdatePlan,
  { weight, gradient, slots, scalars }: UpdateInputs,
): tf.Tensor[] {
  const results: tf.Tensor[] = [];
  const value = ({ kind, index }: Operand): tf.Tensor => {
    switch (kind) {
      case "weight":
        return weight;
      case "gradient":
        return gradient;
      case "slot":
        return slots[index];
      case "scalar":
        return t.scalar(scalars[index]);
      case "result":
        return results[index];
    }
  };
  for (const { op, inputs, constant } of plan.ops)
    results.push(words[op].tensorflow(t, inputs.map(value), constant));
  // plus zeros: no two results may be one tensor, nor one that the session owns, nor a scalar
  return [plan.step, ...plan.next].map((result) => t.add(value(result), t.zerosLike(weight)));
}
