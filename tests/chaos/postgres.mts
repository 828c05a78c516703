import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";

/** A PostgreSQL server of our own, on a free port of this machine. */
export interface Server {
  readonly url: string;
  /** Ends every connection at once, as a crash does, and comes back. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Debian's package; installed when it is missing and this is root. */
function binaries(): string {
  const found = () => {
    const versions = existsSync("/usr/lib/postgresql") ? readdirSync("/usr/lib/postgresql") : [];
    return versions
      .map((version) => join("/usr/lib/postgresql", version, "bin"))
      .find((folder) => existsSync(join(folder, "initdb")));
  };
  const there = found();
  if (there) return there;
  execFileSync("apt-get", ["update", "-qq"], { stdio: "inherit" });
  execFileSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "postgresql"], {
    stdio: "inherit",
  });
  const installed = found();
  if (!installed)
    throw new Error(
      "postgresql: expected initdb below /usr/lib/postgresql after apt-get install, got none",
    );
  return installed;
}

/** The server refuses to run as root: it gets the user that its package has made. */
const isRoot = process.getuid?.() === 0;
const asServer = (command: string, args: readonly string[]): [string, string[]] =>
  isRoot ? ["runuser", ["-u", "postgres", "--", command, ...args]] : [command, [...args]];

export async function startPostgres(folder: string): Promise<Server> {
  const bin = binaries();
  const data = join(folder, "postgres");
  mkdirSync(data, { recursive: true });
  if (isRoot) execFileSync("chown", ["-R", "postgres", data]);
  execFileSync(
    ...asServer(join(bin, "initdb"), ["-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8"]),
    {
      stdio: "ignore",
      cwd: "/",
    },
  );
  const port = await freePort();
  const start = async () => {
    const options = [
      "-D",
      data,
      "-p",
      String(port),
      "-c",
      "listen_addresses=127.0.0.1",
      "-k",
      data,
    ];
    const server = spawn(...asServer(join(bin, "postgres"), options), {
      stdio: "ignore",
      cwd: "/",
    });
    for (let tries = 0; !answers(bin, port); tries++) {
      if (tries > 100 || server.exitCode !== null)
        throw new Error("postgres: expected it to answer within 10 s, got nothing");
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return server;
  };
  let server = await start();
  const stop = async () => {
    const ended = once(server, "exit");
    execFileSync(...asServer(join(bin, "pg_ctl"), ["-D", data, "-m", "immediate", "stop"]), {
      stdio: "ignore",
      cwd: "/",
    });
    await ended;
  };
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    restart: async () => {
      await stop();
      server = await start();
    },
    stop: async () => {
      await stop();
      rmSync(data, { recursive: true, force: true });
    },
  };
}

function answers(bin: string, port: number): boolean {
  try {
    execFileSync(join(bin, "pg_isready"), ["-q", "-h", "127.0.0.1", "-p", String(port)], {
      stdio: "ignore",
    });
    return true;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address ? address.port : 0;
}
