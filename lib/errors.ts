/**
 * Every error that a user can cause or has to act on is one of these: `code` is stable and meant for programs, the
 * message has the form `where: expected …, got …; remedy`. Anything else that is thrown is a bug in this package.
 */
export class GatedRnnError extends Error {
  override readonly name: string = "GatedRnnError";
  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What kind of error it is, for programs; the message says it for people. */
export type ErrorCode =
  | "usage" // an option or argument that makes no sense
  | "graph" // a cell whose equations cannot be recorded
  | "bad-file" // a data file that is malformed
  | "data-missing" // a data set that is not prepared and cannot be fetched
  | "download" // a transfer that failed or whose checksum differs
  | "engine-missing" // an engine that is not available on this machine
  | "engine" // an engine that failed
  | "not-finite" // NaN or infinity in a training step
  | "record" // a run record, checkpoint or other output that cannot be read or written
  | "database" // a sweep's database that cannot be used
  | "locked" // a folder that another process is using
  | "stopped"; // by a signal, before there was anything to keep

/** A malformed data file: which file, at which byte, and what was expected there. */
export class BadFileError extends GatedRnnError {
  override readonly name = "BadFileError";
  constructor(
    readonly file: string,
    /** The byte at which it is wrong. */
    readonly offset: number,
    problem: string,
  ) {
    super("bad-file", `${file}: at byte ${offset}: ${problem}`);
  }
}

/** Training met NaN or infinity: the update at which it happened and the tensor in which it was first seen. */
export class NotFiniteError extends GatedRnnError {
  override readonly name = "NotFiniteError";
  constructor(
    /** Which update it was, from 1. */
    readonly update: number,
    readonly tensor: string,
  ) {
    super(
      "not-finite",
      `training: expected finite numbers, got NaN or infinity in ${tensor} at update ${update}; lower the learning rate`,
    );
  }
}
