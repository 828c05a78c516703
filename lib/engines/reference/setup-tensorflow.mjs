// Makes the backend "tensorflow" of the reference engine: npm run setup:tensorflow (CPU), npm run setup:cuda (NVIDIA GPUs)
//
// tfjs-node's own binaries are of 2021: TensorFlow 2.9, CUDA 11.2, no GPU since. But the source of its addon comes with the package and asks for no more
// than TensorFlow's C interface, which is stable. So it is built here and linked to the TensorFlow that PyPI has today.
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";

const versions = { tfjsNode: "4.22.0", tensorflow: "2.21.0" };
const usage = `npm run setup:tensorflow -- [options]    npm run setup:cuda -- [options]
  --python PATH   a Python 3.10 to 3.13 for the virtual environment (default python3), or one whose environment has TensorFlow 2.15 or later
  --gpu           TensorFlow with CUDA 12 from PyPI (what setup:cuda does): Linux, driver 525 or later, some 5 GB; the CUDA libraries come with it
  --folder PATH   where it goes (default: tensorflow in GATED_RNN_DATA, or in ~/.cache/gated-rnn; some 2 GB)
  --help
Needs a C++ compiler (g++ or clang++, or CXX) and npm. What is there already is kept: run it again at any time; remove the folder to undo it.
GPU memory grows with need (TF_FORCE_GPU_ALLOW_GROWTH=true unless you set it). Node 20 and 22 work; on Node 24 tfjs-node 4.22 does not start.
`;

const options = argumentsGiven();
if (options.help) {
  process.stdout.write(usage);
  process.exit(0);
}
const cache =
  process.env.GATED_RNN_DATA ||
  join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "gated-rnn");
const folder = options.folder ?? process.env.GATED_RNN_TENSORFLOW ?? join(cache, "tensorflow");
mkdirSync(folder, { recursive: true });

const library = tensorflowOf(options.python ?? "python3");
const tfjsNode = installTfjsNode();
buildAddon(tfjsNode, library);
check();

function argumentsGiven() {
  const text = { type: "string" };
  try {
    return parseArgs({
      options: { python: text, folder: text, gpu: { type: "boolean" }, help: { type: "boolean" } },
    }).values;
  } catch (error) {
    fail(`${error.message.split(". ")[0]}; see --help`, 2);
  }
}

function fail(problem, code = 1) {
  process.stderr.write(`setup:tensorflow: ${problem}\n`);
  process.exit(code);
}

function run(what, program, args, settings = {}) {
  console.log(what);
  try {
    return execFileSync(program, args, {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      maxBuffer: 1 << 28,
      ...settings,
    });
  } catch (error) {
    const text = String(error.stderr || error.stdout || error.message)
      .trim()
      .split("\n");
    fail(
      `${what}: ${error.code === "ENOENT" ? `expected ${program} to be installed, got none` : text.slice(-3).join("; ")}`,
    );
  }
}

/** The folder of Python's TensorFlow: that of the Python given, if it has one, else of a virtual environment made by it. */
function tensorflowOf(python) {
  const find = (interpreter) => {
    try {
      const code =
        "import importlib.util as u; print(u.find_spec('tensorflow').submodule_search_locations[0])";
      return execFileSync(interpreter, ["-c", code], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      }).trim();
    } catch {
      return undefined;
    }
  };
  const environment = join(folder, options.gpu ? "python-cuda" : "python");
  const own = join(environment, "bin", "python");
  const found = find(python) ?? find(own);
  if (found) return checked(found);
  if (!existsSync(own))
    run(`making a virtual environment in ${environment}`, python, ["-m", "venv", environment]);
  const wanted = options.gpu
    ? `tensorflow[and-cuda]==${versions.tensorflow}`
    : `tensorflow-cpu==${versions.tensorflow}`;
  run(`installing ${wanted} from PyPI (some minutes)`, own, [
    "-m",
    "pip",
    "install",
    "--quiet",
    "--disable-pip-version-check",
    wanted,
  ]);
  return checked(find(own) ?? fail("expected pip to install tensorflow, got none"));
}

function checked(library) {
  for (const file of [
    "libtensorflow_cc.so.2",
    "libtensorflow_framework.so.2",
    join("include", "tensorflow", "c", "eager", "c_api.h"),
  ])
    if (!existsSync(join(library, file)))
      fail(`expected ${file} in ${library}, got none; TensorFlow 2.15 or later for Linux has it`);
  console.log(`TensorFlow: ${library}`);
  return library;
}

/** tfjs-node without its install script, which would fetch binaries of 2021. */
function installTfjsNode() {
  const installed = join(folder, "node_modules", "@tensorflow", "tfjs-node");
  const version = () => JSON.parse(readFileSync(join(installed, "package.json"), "utf8")).version;
  if (existsSync(join(installed, "package.json")) && version() === versions.tfjsNode)
    return installed;
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  const args = [
    "install",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--prefix",
    folder,
    `@tensorflow/tfjs-node@${versions.tfjsNode}`,
  ];
  run(`installing tfjs-node ${versions.tfjsNode} from npm`, "npm", args, { cwd: folder });
  return installed;
}

function buildAddon(tfjsNode, library) {
  const out = join(tfjsNode, "lib", "napi-v8");
  const file = join(out, "tfjs_binding.node");
  const linked = join(out, "linked-to");
  if (existsSync(file) && existsSync(linked) && readFileSync(linked, "utf8") === library) return;
  mkdirSync(out, { recursive: true });
  const headers = join(
    dirname(createRequire(import.meta.url).resolve("node-api-headers/package.json")),
    "include",
  );
  const sources = readdirSync(join(tfjsNode, "binding")).filter((name) => name.endsWith(".cc"));
  const compiler =
    process.env.CXX ||
    ["g++", "clang++"].find(isThere) ||
    fail("expected a C++ compiler, g++ or clang++, got none; apt-get install g++");
  const args = [
    ...[
      "-O2",
      "-std=c++17",
      "-fPIC",
      "-shared",
      "-w",
      "-DNAPI_VERSION=8",
      "-DNODE_GYP_MODULE_NAME=tfjs_binding",
    ],
    ...[`-I${join(tfjsNode, "binding")}`, `-I${join(library, "include")}`, `-I${headers}`],
    ...sources.map((name) => join(tfjsNode, "binding", name)),
    ...[
      "-o",
      `${file}.part`,
      `-L${library}`,
      "-l:libtensorflow_cc.so.2",
      "-l:libtensorflow_framework.so.2",
      `-Wl,-rpath,${library}`,
    ],
  ];
  run(`building tfjs-node's addon with ${compiler}`, compiler, args);
  renameSync(`${file}.part`, file);
  writeFileSync(linked, library);
}

function isThere(program) {
  try {
    execFileSync(program, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** In a process of its own: an addon that does not load must not take this one with it. */
function check() {
  const code = `
    const tf = require(${JSON.stringify(join(folder, "node_modules", "@tensorflow", "tfjs-node"))});
    const [[sum]] = tf.matMul(tf.ones([1, 3]), tf.ones([3, 1])).arraySync();
    const { binding, isUsingGpuDevice } = tf.backend();
    console.log(sum === 3 ? "TensorFlow " + binding.TF_Version + (isUsingGpuDevice ? " on the GPU" : " on the CPU") : "a wrong product");`;
  const env = { TF_CPP_MIN_LOG_LEVEL: "2", TF_FORCE_GPU_ALLOW_GROWTH: "true", ...process.env };
  const said = run("trying it", process.execPath, ["--no-deprecation", "-e", code], { env }).trim();
  if (!said.startsWith("TensorFlow")) {
    rmSync(join(tfjsNode, "lib", "napi-v8"), { recursive: true });
    fail(`expected 1 · 1 + 1 · 1 + 1 · 1 = 3, got ${said}`);
  }
  console.log(`${said}: gated-rnn train --engine reference --backend tensorflow`);
  if (options.gpu && !said.includes("GPU"))
    console.log(
      "No GPU found by TensorFlow: look at nvidia-smi, and at the driver's version (525 or later for CUDA 12).",
    );
}
