import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const requirements = join(root, "notebooks", "requirements.txt");
const venv = join(root, "build", "jupyter");

/**
 * A Python that has the JupyterLab of requirements.txt: the one on the PATH (such as conda's, by environment.yml), or else
 * one in build/jupyter, made on first use. Nothing is installed outside the checkout.
 */
export function pythonWithJupyterLab(): string {
  const wanted = /^jupyterlab==(\S+)$/m.exec(readFileSync(requirements, "utf8"))?.[1];
  const has = (python: string) =>
    spawnSync(python, ["-m", "jupyterlab", "--version"], { encoding: "utf8" }).stdout?.trim() ===
    wanted;
  const python = process.platform === "win32" ? "python" : "python3";
  if (has(python)) return python;
  const own =
    process.platform === "win32"
      ? join(venv, "Scripts", "python.exe")
      : join(venv, "bin", "python");
  if (!existsSync(own)) must(python, ["-m", "venv", venv]);
  if (!has(own))
    must(own, [
      "-m",
      "pip",
      "install",
      "--quiet",
      "--disable-pip-version-check",
      "-r",
      requirements,
    ]);
  return own;
}

/** The environment in which Jupyter finds this checkout's kernel, and the kernel this checkout's Node. */
export function jupyterEnvironment(): NodeJS.ProcessEnv {
  const paths = (first: string, rest: string | undefined) =>
    rest ? first + delimiter + rest : first;
  return {
    ...process.env,
    JUPYTER_PATH: paths(join(root, "notebooks"), process.env.JUPYTER_PATH),
    PATH: paths(dirname(process.execPath), process.env.PATH),
  };
}

function must(command: string, args: readonly string[]): void {
  process.stderr.write(`${command} ${args.join(" ")}\n`);
  const { status, error } = spawnSync(command, args, { stdio: "inherit" });
  if (status === 0) return;
  process.stderr.write(
    `JupyterLab: expected ${command} ${args[1]} to work, got ${error?.message ?? `exit code ${status}`}; install Python 3.10 or later\n`,
  );
  process.exit(1);
}
