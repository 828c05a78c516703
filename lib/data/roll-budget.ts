import { BadFileError } from "../errors.js";

/**
 * Keeps piano-rolls read from a file in proportion to it: compressed data and shared references can claim far more than
 * their bytes. The four music sets need at most 392,296 steps and 1,356,293 notes.
 */
export class RollBudget {
  #steps: number;
  #notes: number;

  constructor(
    readonly file: string,
    fileBytes: number,
  ) {
    this.#steps = 2 ** 21 + fileBytes / 2;
    this.#notes = 2 ** 23 + fileBytes;
  }

  spend(steps: number, notes: number): void {
    this.#steps -= steps;
    this.#notes -= notes;
    if (this.#steps < 0 || this.#notes < 0)
      throw new BadFileError(
        this.file,
        0,
        "expected piano-rolls in proportion to the file's size, got millions of steps or notes more",
      );
  }
}
