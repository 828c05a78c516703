import type { Batch } from "../data/batch.js";
import type { SequenceNll, Session } from "../engines/engine.js";
import { breathe } from "./breathe.js";
import type { PieceNlls, SplitNll } from "./record.js";

/** Mean NLL in nats: over all predicted steps, and the mean of the sequences' own means. */
export function meanNll(sequences: readonly SequenceNll[]): SplitNll {
  const predicted = sequences.filter(({ steps }) => steps > 0); // all, but where weights are 0
  const steps = predicted.reduce((sum, s) => sum + s.steps, 0);
  const nll = predicted.reduce((sum, s) => sum + s.nll, 0);
  return {
    nllPerStep: nll / steps,
    nllPerSequence: predicted.reduce((sum, s) => sum + s.nll / s.steps, 0) / predicted.length,
  };
}

/** Each sequence of a split, without noise, in the order of its batches: longest first. */
export async function evaluateSequences(
  session: Session,
  batches: Iterable<Batch>,
): Promise<SequenceNll[]> {
  const sequences: SequenceNll[] = [];
  for (const batch of batches) {
    sequences.push(...(await session.evaluate(batch)));
    await breathe();
  }
  return sequences;
}

/** Sequences one by one as records keep them: to about what single precision knows. */
export function piecesOf(sequences: readonly SequenceNll[]): PieceNlls {
  return {
    nll: sequences.map(({ nll }) => Number(nll.toPrecision(7))),
    steps: sequences.map(({ steps }) => steps),
  };
}
