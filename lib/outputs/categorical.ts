import { type Output, output } from "./output.js";
import { checkSize } from "./size.js";

/**
 * One of some classes: characters of a text, labels. NLL = ln Σ e^(y − y_x), in nats: the cross-entropy −ln softmax(y)_x, exact where
 * all logits are large, too.
 *
 * @param classes width of the target, in which exactly one column is one, and of the readout
 * @throws GatedRnnError `usage` for a number of classes that is not a whole number from 1 on
 */
export function categorical(classes: number): Output {
  checkSize("categorical", "classes", classes, { remedy: "give as many as there are labels" });
  return output(
    "categorical",
    { target: "index", targetSize: classes, readoutSize: classes },
    ({ readout: y, target: x, logSumExp, minus, at, choice }) => ({
      nll: logSumExp(minus(y, at(y, x))),
      sample: choice(y),
    }),
  );
}
