// A JupyterLab of its own, in a folder of its own, for the checks.

import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { makeFolder } from "./folder.mts";
import { jupyterEnvironment, pythonWithJupyterLab } from "./jupyter.mts";

export type Theme = "light" | "dark";

/** A JupyterLab that runs. */
export interface Lab {
  /** Where the notebooks lie that it opens. */
  readonly served: string;
  /** The page of a notebook, in a fresh workspace. */
  address(name: string): string;
  /** The theme of the pages that are opened from now on. */
  choose(theme: Theme): void;
  close(): void;
}

/**
 * Starts one; everything that it keeps lies in the folder.
 *
 * @throws Error when it does not answer within a minute
 */
export async function startLab(folder: string): Promise<Lab> {
  const served = join(folder, "notebooks");
  makeFolder(served);
  const port = await freePort();
  const token = randomBytes(16).toString("hex");
  const args = [
    `--ServerApp.root_dir=${served}`,
    `--ServerApp.port=${port}`,
    `--IdentityProvider.token=${token}`,
    "--no-browser",
    "--allow-root",
  ];
  const own = {
    JUPYTER_CONFIG_DIR: join(folder, "config"),
    JUPYTERLAB_SETTINGS_DIR: join(folder, "settings"),
    JUPYTERLAB_WORKSPACES_DIR: join(folder, "workspaces"),
  };
  const server = spawn(pythonWithJupyterLab(), ["-m", "jupyterlab", ...args], {
    env: { ...jupyterEnvironment(), ...own },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const url = `http://127.0.0.1:${port}`;
  await answering(`${url}/api/status?token=${token}`, server);
  return {
    served,
    address: (name) => `${url}/lab/tree/${name}.ipynb?token=${token}&reset`,
    choose: (theme) => choose(join(folder, "settings"), theme),
    close: () => server.kill(),
  };
}

async function answering(url: string, server: ChildProcess): Promise<void> {
  let log = "";
  server.stderr?.on("data", (chunk: Buffer) => (log += chunk.toString()));
  for (const end = Date.now() + 60_000; Date.now() < end; await pause(200)) {
    if (server.exitCode !== null) break;
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
  }
  server.kill();
  throw new Error(`JupyterLab: expected it to answer within a minute, got:\n${log}`);
}

/**
 * JupyterLab's settings: every cell is in the page, scrolled away or not, and no news is fetched.
 */
function choose(settings: string, theme: Theme): void {
  const chosen = {
    "notebook-extension/tracker": { windowingMode: "none" },
    "apputils-extension/notification": { fetchNews: "false", checkForUpdates: false },
    "apputils-extension/themes": {
      theme: theme === "dark" ? "JupyterLab Dark" : "JupyterLab Light",
    },
  };
  for (const [name, values] of Object.entries(chosen)) {
    const file = join(settings, "@jupyterlab", `${name}.jupyterlab-settings`);
    makeFolder(dirname(file));
    writeFileSync(file, JSON.stringify(values));
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, milliseconds));
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer().once("error", fail);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() =>
        address && typeof address === "object"
          ? done(address.port)
          : fail(new Error("no free port")),
      );
    });
  });
}
