// Opens JupyterLab on the notebooks, with this checkout's TypeScript kernel. Arguments go to JupyterLab (--no-browser, --port=…).
import { spawn } from "node:child_process";
import { join } from "node:path";
import { jupyterEnvironment, pythonWithJupyterLab, root } from "./jupyter.mts";

const args = [
  "-m",
  "jupyterlab",
  `--ServerApp.root_dir=${join(root, "notebooks")}`,
  ...process.argv.slice(2),
];
const lab = spawn(pythonWithJupyterLab(), args, { env: jupyterEnvironment(), stdio: "inherit" });
process.on("SIGINT", () => {}); // JupyterLab has it too, and asks
lab.on("exit", (code) => process.exit(code ?? 1));
