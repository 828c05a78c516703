import { type ChildProcess, spawn } from "node:child_process";
import { createHmac, randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..", "..");
const key = "the key of the tests";

/** What is used of zeromq 6, which belongs to tslab. */
interface Socket extends AsyncIterable<Buffer[]> {
  connect(address: string): void;
  subscribe(): void;
  send(parts: (string | Buffer)[]): Promise<void>;
  close(): void;
}
interface Header {
  readonly msg_id: string;
  readonly msg_type: string;
  readonly session: string;
}
export interface Message {
  readonly header: Header;
  readonly parent: Partial<Header>;
  readonly content: Readonly<Record<string, unknown>>;
}

/**
 * A kernel as JupyterLab has it: its launcher in a process of its own, and Jupyter's messages
 * (version 5.3).
 */
export interface Kernel {
  readonly process: ChildProcess;
  /** All that the kernel published, in order. */
  readonly published: Message[];
  /** Sends a cell; the reply, once the kernel has sent that. */
  execute(code: string): Promise<Message>;
  /** Asks what the kernel is, as another client. */
  ask(): Promise<Message>;
  /** What the cells printed so far, and their displays in words. */
  text(): string;
  close(): void;
}

export async function startKernel(folder: string): Promise<Kernel> {
  const zmq = createRequire(createRequire(import.meta.url).resolve("tslab/package.json"))("zeromq");
  const names = ["shell", "iopub", "control", "stdin", "hb"] as const;
  const ports = await Promise.all(names.map(freePort));
  const address = (name: (typeof names)[number]) => `tcp://127.0.0.1:${ports[names.indexOf(name)]}`;
  const file = join(folder, `${randomUUID()}.json`);
  const portsByName = Object.fromEntries(names.map((name, i) => [`${name}_port`, ports[i]]));
  const connection = { transport: "tcp", ip: "127.0.0.1", key, ...portsByName };
  writeFileSync(file, JSON.stringify(connection));
  const launcher = join(root, "notebooks", "kernels", "tslab", "launch.cjs");
  const args = [launcher, "kernel", "--config-path", file];
  const process_ = spawn(process.execPath, args, {
    cwd: join(root, "notebooks"),
    stdio: "inherit",
  });
  const [shell, iopub] = [new zmq.Dealer(), new zmq.Subscriber()] as [Socket, Socket];
  const published: Message[] = [];
  const waiting = new Map<string, (reply: Message) => void>();
  shell.connect(address("shell"));
  iopub.connect(address("iopub"));
  iopub.subscribe();
  const listen = async (socket: Socket, heard: (message: Message) => void) => {
    for await (const parts of socket) heard(decode(parts));
  };
  void listen(iopub, (message) => published.push(message));
  void listen(shell, (reply) => waiting.get(reply.parent.msg_id ?? "")?.(reply));
  const request = (session: string, type: string, content: object) => {
    const header = { msg_id: randomUUID(), msg_type: type, session, username: "", version: "5.3" };
    const answer = new Promise<Message>((done) => waiting.set(header.msg_id, done));
    void shell.send(encode(header, content));
    return answer;
  };
  return {
    process: process_,
    published,
    execute: (code) => request("a reader", "execute_request", { code, stop_on_error: true }),
    ask: () => request("a server", "kernel_info_request", {}),
    text: () =>
      published
        .map(
          ({ content }) =>
            content.text ?? (content.data as { "text/plain"?: string })?.["text/plain"],
        )
        .filter((text) => text !== undefined)
        .join("\n"),
    close: () => {
      process_.kill("SIGKILL");
      shell.close();
      iopub.close();
    },
  };
}

function encode(header: object, content: object): (string | Buffer)[] {
  const parts = [header, {}, {}, content].map((part) => JSON.stringify(part));
  const signature = createHmac("sha256", key).update(parts.join("")).digest("hex");
  return ["<IDS|MSG>", signature, ...parts];
}

function decode(parts: Buffer[]): Message {
  const start = parts.findIndex((part) => part.toString() === "<IDS|MSG>") + 2;
  const [header, parent, , content] = parts.slice(start).map((part) => JSON.parse(String(part)));
  return { header, parent, content };
}

function freePort(): Promise<number> {
  return new Promise((done) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => done(typeof address === "object" && address ? address.port : 0));
    });
  });
}
