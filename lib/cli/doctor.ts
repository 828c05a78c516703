import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Command } from "commander";
import { preparedSets } from "../data/music.js";
import { engineNames, openEngine } from "../engines/index.js";
import type { Probe } from "../engines/webgpu/probe.js";
import { GatedRnnError } from "../errors.js";
import { packageFolder } from "../files/package-folder.js";
import { codeVersion, machine } from "../train/provenance.js";
import { jsonOption, printJson } from "./options.js";

interface Finding {
  readonly topic: string;
  readonly ok: boolean;
  readonly finding: string;
  /** What to do about it, when something is missing. */
  readonly remedy?: string;
}

export function addDoctor(program: Command): void {
  program
    .command("doctor")
    .description("what this machine has: Node, engines, data; and what to do about what is missing")
    .addOption(jsonOption())
    .action(async ({ json }: { json?: boolean }) => {
      const findings = [...nodeFindings(), ...(await engineFindings()), ...(await dataFindings())];
      if (json) return printJson({ findings });
      for (const { topic, ok, finding, remedy } of findings) {
        console.log(`${ok ? "✓" : "✗"} ${topic.padEnd(22)} ${finding}`);
        if (remedy) console.log(`  ${" ".repeat(22)} → ${remedy}`);
      }
    });
}

function nodeFindings(): Finding[] {
  const major = Number(process.versions.node.split(".")[0]);
  const { cpu, cores, memoryGiB, platform } = machine();
  const { version, commit } = codeVersion();
  return [
    { topic: "gated-rnn", ok: true, finding: `${version}${commit ? ` at ${commit}` : ""}` },
    {
      topic: "machine",
      ok: true,
      finding: `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${platform}`,
    },
    {
      topic: "node",
      ok: major >= 20,
      finding: process.version,
      ...(major >= 20
        ? {}
        : {
            remedy:
              "Node 20, 22 and 24 are what the package is tested on; this project's npm scripts and npx use its own after npm ci",
          }),
    },
  ];
}

async function engineFindings(): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const name of engineNames) {
    if (name === "webgpu") continue;
    try {
      const { build, reason } = await openEngine(name);
      const isDefault = findings.every((f) => !f.ok);
      findings.push({
        topic: `engine ${name}`,
        ok: true,
        finding: `${build}${reason ? `, ${reason}` : ""}${isDefault ? " (the default)" : ""}`,
      });
    } catch (error) {
      if (!(error instanceof GatedRnnError)) throw error;
      findings.push({ topic: `engine ${name}`, ok: false, finding: error.message });
    }
  }
  return [...findings, await webGpuFinding(), await tensorflowFinding()];
}

/** Whether there is a GPU: its name, or why there is none, software by its name. Never the default. */
async function webGpuFinding(): Promise<Finding> {
  const topic = "engine webgpu";
  const child = fork(join(packageFolder(), "dist", "lib", "engines", "webgpu", "probe.js"), {
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  let probe: Probe | undefined;
  child.on("message", (message: Probe) => {
    probe = message;
  });
  const [code, killer] = await once(child, "exit");
  if (!probe)
    return {
      topic,
      ok: false,
      finding: `the GPU's driver ended the process that looked for it (${killer ?? `exit code ${code}`})`,
    };
  if ("problem" in probe) return { topic, ok: false, finding: probe.problem };
  return { topic, ok: true, finding: `${probe.adapter.name} (a GPU; taken with --engine webgpu)` };
}

/** The reference engine on TensorFlow's own library, which most machines do not have and need not. */
async function tensorflowFinding(): Promise<Finding> {
  const topic = "backend tensorflow";
  try {
    return { topic, ok: true, finding: (await openEngine("reference", "tensorflow")).build };
  } catch (error) {
    if (!(error instanceof GatedRnnError)) throw error;
    return { topic, ok: false, finding: error.message };
  }
}

async function dataFindings(): Promise<Finding[]> {
  return (await preparedSets()).map(({ name, prepared, problem }) => ({
    topic: `data ${name}`,
    ok: prepared,
    finding: prepared ? "prepared" : (problem ?? "not prepared"),
    ...(prepared ? {} : { remedy: `gated-rnn data prepare ${name}` }),
  }));
}
