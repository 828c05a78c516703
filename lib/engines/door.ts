import type { Batch } from "../data/batch.js";
import type { Model } from "../model/model.js";
import type { TrainingState } from "../model/state.js";
import { rmsprop } from "../updates/rmsprop.js";
import type { Update } from "../updates/update.js";
import { checkModel, checkOptions, checkSettings, checkState, usage } from "./check.js";
import { checkBatch } from "./check-batch.js";
import type { Engine, Session, StepSettings } from "./engine.js";

/**
 * An engine's `open` whose arguments are checked, and whose sessions check theirs: what reaches the engine is whole. A call while
 * another of its session goes on is refused, and so is every call after `close`, which waits for the last one.
 *
 * @param open makes a session of arguments that are right
 * @throws GatedRnnError `usage`, from every call, before anything is computed or written
 */
export function guarded(name: string, open: Engine["open"]): Engine["open"] {
  const where = `${name} engine`;
  return async (model, initial, options) => {
    checkModel(where, model);
    checkOptions(where, options);
    const rule = options?.update ?? rmsprop;
    checkState(where, model, initial, rule);
    return guardedSession(where, model, rule, await open(model, initial, options));
  };
}

/** The session with checks before its calls; what it has beyond the contract stays as it is. */
function guardedSession(where: string, model: Model, rule: Update, session: Session): Session {
  let going: { readonly name: string; readonly end: Promise<unknown> } | undefined;
  let isClosed = false;
  const call = async <T>(name: string, check: () => void, work: () => Promise<T>): Promise<T> => {
    if (isClosed)
      throw usage(
        where,
        `${name}: expected an open session, got one that was closed; open another`,
      );
    if (going)
      throw usage(
        where,
        `${name}: expected one call at a time, got it during ${going.name}; await that first`,
      );
    check();
    const end = work();
    going = { name, end };
    try {
      return await end;
    } finally {
      going = undefined;
    }
  };
  const batchOnly = (batch: Batch) => () => checkBatch(where, model, batch);
  const calls: Omit<Session, "activationBytes"> = {
    trainStep: (batch: Batch, settings: StepSettings) =>
      call(
        "trainStep",
        () => {
          checkBatch(where, model, batch);
          checkSettings(where, settings, rule);
        },
        () => session.trainStep(batch, settings),
      ),
    evaluate: (batch) => call("evaluate", batchOnly(batch), () => session.evaluate(batch)),
    trace: (batch) => call("trace", batchOnly(batch), () => session.trace(batch)),
    gradient: (batch) => call("gradient", batchOnly(batch), () => session.gradient(batch)),
    read: () => call("read", nothing, () => session.read()),
    write: (state: TrainingState) =>
      call(
        "write",
        () => checkState(where, model, state, rule),
        () => session.write(state),
      ),
    async close() {
      if (isClosed) return;
      isClosed = true;
      await going?.end.catch(nothing);
      await session.close();
    },
  };
  return Object.assign(Object.create(session), calls);
}

const nothing = () => {};
