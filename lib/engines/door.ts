import type { Batch } from "../data/batch.js";
import type { Model } from "../model/model.js";
import type { TrainingState } from "../model/state.js";
import { rmsprop } from "../updates/rmsprop.js";
import type { Update } from "../updates/update.js";
import { checkModel, checkOptions, checkSettings, checkState, usage } from "./check.js";
import { checkBatch, checkBatchShape, checkColumns, withRisingColumns } from "./check-batch.js";
import type { Engine, EngineOptions, Session, StepSettings } from "./engine.js";

interface DoorOptions {
  /**
   * Whether the engine itself refuses, before it computes, sparse rows that are not right or do not rise: then nobody passes over them
   * here.
   */
  readonly looksAtColumns?: (options: EngineOptions) => boolean;
}

/**
 * An engine's `open` whose arguments are checked, and whose sessions check theirs: what reaches the engine is whole. A call while
 * another of its session goes on is refused (but for as many `trainStep`s as the engine takes at once), and so is every call after
 * `close`, which waits for the last one.
 *
 * @param open makes a session of arguments that are right
 * @throws GatedRnnError `usage`, from every call, before anything is computed or written
 */
export function guarded(
  name: string,
  open: Engine["open"],
  { looksAtColumns = () => false }: DoorOptions = {},
): Engine["open"] {
  const where = `${name} engine`;
  return async (model, initial, options) => {
    checkModel(where, model);
    checkOptions(where, options);
    const rule = options?.update ?? rmsprop;
    checkState(where, model, initial, rule);
    const session = await open(model, initial, options);
    return guardedSession(
      { where, model, rule, looksAtColumns: looksAtColumns(options ?? {}) },
      session,
    );
  };
}

interface Door {
  readonly where: string;
  readonly model: Model;
  readonly rule: Update;
  readonly looksAtColumns: boolean;
}

/** The session with checks before its calls; what it has beyond the contract stays as it is. */
function guardedSession({ where, model, rule, looksAtColumns }: Door, session: Session): Session {
  const going: { readonly name: string; readonly end: Promise<unknown> }[] = [];
  const { stepsAtOnce = 1 } = session;
  let isClosed = false;
  const call = async <T>(name: string, check: () => void, work: () => Promise<T>): Promise<T> => {
    if (isClosed)
      throw usage(
        where,
        `${name}: expected an open session, got one that was closed; open another`,
      );
    const [first] = going;
    const atOnce = first?.name === "trainStep" && name === "trainStep" ? stepsAtOnce : 1;
    if (going.length >= atOnce)
      throw usage(
        where,
        `${name}: expected ${atOnce === 1 ? "one call" : `${atOnce} calls`} at a time, got it during ${first.name}; await that first`,
      );
    check();
    const one = { name, end: work() };
    going.push(one);
    try {
      return await one.end;
    } finally {
      going.splice(going.indexOf(one), 1);
    }
  };
  const checkGiven = looksAtColumns ? checkBatchShape : checkBatch;
  const withBatch = <T>(
    name: string,
    batch: Batch,
    work: (batch: Batch) => Promise<T>,
    more = nothing,
  ) =>
    call(
      name,
      () => {
        checkGiven(where, model, batch);
        more();
      },
      async () => {
        try {
          return await work(batch);
        } catch (error) {
          if (!looksAtColumns) throw error;
          checkColumns(where, model, batch); // the engine says that they are not right, this says what
          const inOrder = withRisingColumns(batch);
          if (inOrder === batch) throw error;
          return work(inOrder);
        }
      },
    );
  const calls: Omit<Session, "activationBytes" | "stepsAtOnce"> = {
    trainStep: (batch: Batch, settings: StepSettings) =>
      withBatch(
        "trainStep",
        batch,
        (given) => session.trainStep(given, settings),
        () => checkSettings(where, settings, rule),
      ),
    evaluate: (batch) => withBatch("evaluate", batch, (given) => session.evaluate(given)),
    trace: (batch) => withBatch("trace", batch, (given) => session.trace(given)),
    gradient: (batch) => withBatch("gradient", batch, (given) => session.gradient(given)),
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
      await Promise.allSettled(going.map(({ end }) => end));
      await session.close();
    },
  };
  return Object.assign(Object.create(session), calls);
}

const nothing = () => {};
