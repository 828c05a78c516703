import { open, rm, stat } from "node:fs/promises";
import type { IncomingMessage } from "node:http";

/** Why one transfer did not end. `kind` says what to do: leave this host, try once more, or leave this address. */
export class TransferError extends Error {
  constructor(
    readonly kind: "unreachable" | "interrupted" | "refused",
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

interface TransferOptions {
  /** Total size of the file. */
  readonly bytes: number;
  readonly signal: AbortSignal;
  /** Bytes of the file that lie on the disk, again and again. */
  readonly onBytes?: (received: number) => void;
  /** Longest wait for a connection and the answer's head, and then between two pieces of the body. */
  readonly connectMs: number;
  readonly stallMs: number;
}

const mostRedirects = 5;

/**
 * Brings one address's file to `part`, going on from what already lies there if the server can (HTTP ranges). When it throws,
 * what has arrived stays in `part` for the next try. It checks the size; the caller checks the sum.
 *
 * @throws TransferError
 */
export async function transfer(
  address: string,
  part: string,
  options: TransferOptions,
): Promise<void> {
  const { bytes, signal, onBytes, stallMs } = options;
  let have = await stat(part)
    .then(({ size }) => size)
    .catch(() => 0);
  if (have > bytes) {
    await rm(part, { force: true });
    have = 0;
  }
  if (have === bytes) return;
  const answer = await request(address, part, have, options);
  const resumes = answer.statusCode === 206;
  if (resumes && !answer.headers["content-range"]?.startsWith(`bytes ${have}-`)) {
    answer.destroy();
    await rm(part, { force: true });
    throw new TransferError(
      "interrupted",
      `expected the file from byte ${have}, got ${answer.headers["content-range"] ?? "no content-range"}`,
    );
  }
  let received = resumes ? have : 0;
  answer.setTimeout(stallMs, () =>
    answer.destroy(new TransferError("interrupted", `no data for ${stallMs / 1000} s`)),
  );
  const output = await open(part, resumes ? "a" : "w");
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      received += chunk.length;
      if (received > bytes) throw new TransferError("refused", `expected ${bytes} bytes, got more`);
      await output.write(chunk);
      onBytes?.(received);
    }
  } catch (error) {
    if (error instanceof TransferError && error.kind === "refused") await rm(part, { force: true });
    const isLocal = (error as NodeJS.ErrnoException).syscall === "write"; // a full disk
    if (error instanceof TransferError || signal.aborted || isLocal) throw error;
    throw new TransferError("interrupted", `broke off after ${received} of ${bytes} bytes`, {
      cause: error,
    });
  } finally {
    await output.close();
  }
  if (received < bytes)
    throw new TransferError("interrupted", `expected ${bytes} bytes, got ${received}`);
}

/** The answer with the file, from byte `from` on where the server can, after at most five redirects. */
async function request(
  address: string,
  part: string,
  from: number,
  options: TransferOptions,
): Promise<IncomingMessage> {
  let url = new URL(address);
  for (let redirects = 0; redirects <= mostRedirects; redirects++) {
    const answer = await head(url, from, options);
    const { statusCode = 0, headers } = answer;
    if (statusCode === 200 || statusCode === 206) return answer;
    answer.destroy();
    if (statusCode === 416) await rm(part, { force: true }); // what lies there is no beginning of the server's file
    if (statusCode < 300 || statusCode > 399 || statusCode === 304)
      throw new TransferError(
        statusCode >= 500 || statusCode === 429 || statusCode === 416 ? "interrupted" : "refused",
        `HTTP ${statusCode}`,
      );
    url = redirected(url, headers.location, statusCode);
    if (url.protocol !== "http:" && url.protocol !== "https:")
      throw new TransferError(
        "refused",
        `expected a redirect to http or https, got ${url.protocol}`,
      );
  }
  throw new TransferError("refused", `more than ${mostRedirects} redirects`);
}

function redirected(from: URL, location: string | undefined, statusCode: number): URL {
  try {
    return new URL(location ?? "", location === undefined ? undefined : from);
  } catch {
    throw new TransferError("refused", `HTTP ${statusCode} without an address to go to`);
  }
}

async function head(
  url: URL,
  from: number,
  { signal, connectMs }: TransferOptions,
): Promise<IncomingMessage> {
  const { get } = await (url.protocol === "https:" ? import("node:https") : import("node:http"));
  return new Promise((resolve, reject) => {
    const headers = {
      "user-agent": "gated-rnn",
      "accept-encoding": "identity",
      ...(from > 0 ? { range: `bytes=${from}-` } : {}),
    };
    const sent = get(url, { headers, agent: false, signal }, (answer) => {
      clearTimeout(timer);
      resolve(answer);
    });
    // the socket's own timeout does not cover looking up the name
    const timer = setTimeout(
      () => sent.destroy(new Error(`no answer within ${connectMs / 1000} s`)),
      connectMs,
    );
    sent.on("error", (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      if (signal.aborted) reject(error);
      else
        reject(
          new TransferError(
            error.code === "ECONNRESET" ? "interrupted" : "unreachable",
            error.code ?? error.message,
            { cause: error },
          ),
        );
    });
  });
}
