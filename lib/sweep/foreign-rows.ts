import type { z } from "zod";
import { plain } from "../files/plain.js";

/**
 * Rows of a database that others write to, each brought into its published form. What cannot be is left out, so that one bad row does
 * not stop a hundred good ones, and told of once.
 */
export class ForeignRows {
  private readonly told = new Set<string>();

  constructor(
    private readonly database: string,
    private readonly onProblem: (problem: string) => void,
  ) {}

  /** @param name table and key, as the problem names them */
  read<T>(schema: z.ZodType<T>, value: unknown, name: string): T | undefined {
    const checked = schema.safeParse(value);
    if (checked.success) return checked.data;
    const [{ path, message }] = checked.error.issues;
    this.tell(name, `no valid "${path.join(".")}" (${message})`);
    return undefined;
  }

  tell(name: string, problem: string): void {
    if (this.told.has(name)) return;
    this.told.add(name);
    this.onProblem(
      `${this.database}: ${printable(name)}: expected what gated-rnn writes, got ${printable(problem)}; left out (${this.told.size} so far)`,
    );
  }
}

/** In one line of a terminal, and not too long. */
export const printable = (text: string) => plain(text).slice(0, 300);
