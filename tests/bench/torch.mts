// PyTorch as a peer: a Python process for every case and number of threads, which waits for a line before each step.
import { execFileSync, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { conversation } from "./conversation.mts";
import type { Peer } from "./peer.mts";

const script = fileURLToPath(new URL("torch_peer.py", import.meta.url));
const python = process.env.GATED_RNN_TORCH_PYTHON ?? "python3";

export function torchPeers(wanted: (name: string) => boolean): Peer[] {
  const variants = [
    { name: "PyTorch", threads: 1, compile: false, device: "cpu" },
    { name: "PyTorch, 2 threads", threads: 2, compile: false, device: "cpu" },
    { name: "PyTorch compiled", threads: 1, compile: true, device: "cpu" },
    { name: "PyTorch CUDA", threads: 1, compile: false, device: "cuda" },
  ].filter(({ name }) => wanted(name));
  if (variants.length === 0) return [];
  let version: string;
  let hasCuda: boolean;
  try {
    const said = execFileSync(python, [script, "--version"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
    [version] = said.split(" ");
    hasCuda = said.endsWith(" with CUDA");
  } catch {
    console.error(
      `left out: PyTorch: ${python} has none; pip install torch==2.13.0 and name its Python in GATED_RNN_TORCH_PYTHON`,
    );
    return [];
  }
  return variants
    .filter(({ device }) => device !== "cuda" || hasCuda)
    .map(({ name, threads, compile, device }) => ({
      name,
      detail: `PyTorch ${version}, nn.${compile ? "* under torch.compile" : "GRU, nn.LSTM, nn.RNN"}, ${device === "cuda" ? "cuDNN" : `${threads} thread${threads > 1 ? "s" : ""}`}`,
      open: async ({ kind, model, batch }) => {
        if (!["gru", "lstm", "tanh"].includes(model.cell.name))
          throw new Error("a cell that PyTorch does not have");
        // passive: threads that spin while they wait would take the cores from the peers whose turn it is
        const child = spawn(python, [script], {
          stdio: ["pipe", "pipe", "pipe"],
          env: { ...process.env, OMP_NUM_THREADS: `${threads}`, OMP_WAIT_POLICY: "passive" },
        });
        const { answer, end } = conversation(child);
        await answer({
          ...{
            kind,
            threads,
            compile,
            device,
            cell: model.cell.name,
            inputSize: model.inputSize,
            hiddenSize: model.hiddenSize,
          },
          ...{ readoutSize: model.output.readoutSize, time: batch.time, size: batch.size },
        });
        return {
          step: async () => (await answer<{ ms: number }>("step")).ms,
          close: async () => end(),
        };
      },
    }));
}
