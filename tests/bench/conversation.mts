import type { ChildProcessByStdio } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";

/** A process that answers each line of JSON with one. */
interface Conversation {
  /** @throws Error with the last line that it said on stderr, when it ends in place of answering */
  answer<A>(question: unknown): Promise<A>;
  end(): void;
}

export function conversation(
  child: ChildProcessByStdio<Writable, Readable, Readable>,
): Conversation {
  let said = "";
  child.stderr.on("data", (chunk) => {
    said = `${said}${chunk}`.slice(-4000);
  });
  child.stdin.on("error", () => {}); // it has ended: the missing answer says so
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    answer: async (question) => {
      child.stdin.write(`${JSON.stringify(question)}\n`);
      const line = await lines.next();
      if (line.done) throw new Error(said.trim().split("\n").at(-1) || "it ended without a word");
      return JSON.parse(line.value);
    },
    end: () => child.stdin.end(),
  };
}
