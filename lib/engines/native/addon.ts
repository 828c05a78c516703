import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { GatedRnnError } from "../../errors.js";
import { packageFolder } from "../../files/package-folder.js";
import { type ArenaMemory, checkRun, type Kernels } from "./kernels.js";
import { prebuiltPlatform } from "./prebuilt-platform.js";

const variant = z.object({
  name: z.string(),
  /** What a processor must have, in the words of c/processor.h. */
  needs: z.array(z.string()),
  file: z.string().optional(),
  bytes: z.number().optional(),
  sha256: z.string().optional(),
  /** Why it was not built. */
  problem: z.string().optional(),
});

/** What the build step leaves beside what it builds: see build.mjs and prebuild.mjs. */
const buildReport = z.object({
  platform: z.string(),
  id: z.string().optional(),
  compiler: z.string().optional(),
  /** Best first; the last one runs on every processor of the platform. */
  variants: z.array(variant).optional(),
  /** Why there is no addon. */
  problem: z.string().optional(),
});
type Variant = z.infer<typeof variant>;

interface Addon {
  readonly lanes: number;
  /** What the processor has of what variants may need, and the operating system lets programs use. */
  readonly processor: readonly string[];
  /** Words to the next cache line. */
  misalignment(buffer: ArrayBuffer): number;
  run(buffer: ArrayBuffer, firstWord: number, job: number): number;
}

/** Where the build step puts the addons, and where those lie that the packed package brings. */
export const addonFolder = () => join(packageFolder(), "dist", "native");
export const prebuiltFolder = () => join(addonFolder(), "prebuilt", prebuiltPlatform());

/**
 * The C source as built by a compiler, for the best kind of processor that this one is. What the processor has is asked of the
 * variant that runs everywhere; every file is held against its checksum before it is loaded, since loading half of one ends the
 * process.
 *
 * @param most the best variant to take, by name; default: any
 * @param folder default: what was built here, else what the package brings
 * @throws GatedRnnError `engine-missing` when none was built or none can be loaded, and why
 */
export function addonKernels(most?: string, folder?: string): Kernels {
  if (folder !== undefined) return kernelsIn(folder, most);
  try {
    return kernelsIn(addonFolder(), most);
  } catch (error) {
    if (!existsSync(prebuiltFolder())) throw error;
    return kernelsIn(prebuiltFolder(), most);
  }
}

function kernelsIn(folder: string, most: string | undefined): Kernels {
  const { platform, id, compiler, variants = [], problem } = readReport(folder);
  const here = [`${process.platform}-${process.arch}`, prebuiltPlatform()];
  if (!here.includes(platform)) throw missing(`it was built for ${platform}, this is ${here[1]}`);
  const everywhere = variants.at(-1);
  if (!everywhere) throw missing(problem ?? "it was not built");
  const { processor } = loaded(folder, everywhere);
  const passed: string[] = [];
  const first = most === undefined ? 0 : variants.findIndex(({ name }) => name === most);
  for (const candidate of variants.slice(first)) {
    const lacking = candidate.needs.filter((feature) => !processor.includes(feature));
    if (lacking.length > 0) {
      passed.push(`no ${candidate.name}: this processor has no ${lacking.join(", ")}`);
      continue;
    }
    const damage = damageOf(folder, candidate);
    if (damage !== undefined) {
      passed.push(`no ${candidate.name}: ${damage}`);
      continue;
    }
    const addon = loaded(folder, candidate);
    return {
      build: `native addon ${candidate.name} ${id}`,
      reason: [`the best for this processor, built by ${compiler}`, ...passed].join("; "),
      lanes: addon.lanes,
      threads: true,
      arena: () => new AddonArena(addon),
    };
  }
  throw missing(passed.join("; "));
}

function readReport(folder: string): z.infer<typeof buildReport> {
  const file = join(folder, "addon.json");
  if (!existsSync(file)) throw missing("it was not built; run npm run build");
  try {
    return buildReport.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    throw missing(`${file} is damaged; run npm run build`);
  }
}

/** Why a variant must not be loaded; undefined when it is what was built. */
function damageOf(folder: string, { file, bytes, sha256, problem }: Variant): string | undefined {
  if (file === undefined) return problem ?? "it was not built";
  const path = join(folder, file);
  if (!existsSync(path)) return `${file} is not there; run npm run build`;
  const contents = readFileSync(path);
  if (contents.length !== bytes)
    return `${file} has ${contents.length} bytes, not ${bytes}; run npm run build`;
  if (createHash("sha256").update(contents).digest("hex") !== sha256)
    return `${file} is not what was built; run npm run build`;
  return undefined;
}

/** @throws GatedRnnError `engine-missing` when the file is not what was built, or does not load */
function loaded(folder: string, variant: Variant): Addon {
  const damage = damageOf(folder, variant);
  if (damage !== undefined) throw missing(damage);
  try {
    return require(join(folder, variant.file as string));
  } catch (error) {
    throw missing((error as Error).message.split("\n")[0]);
  }
}

function missing(problem: string): GatedRnnError {
  return new GatedRnnError(
    "engine-missing",
    `native engine: expected an addon for this machine, got none: ${problem}`,
  );
}

class AddonArena implements ArenaMemory {
  ints = new Int32Array(0);
  floats = new Float32Array(0);
  private firstWord = 0;

  constructor(private readonly addon: Addon) {}

  reserve(words: number): void {
    const buffer = new ArrayBuffer((words + 16) * 4);
    this.firstWord = this.addon.misalignment(buffer);
    const ints = new Int32Array(buffer, this.firstWord * 4, words);
    ints.set(this.ints);
    this.ints = ints;
    this.floats = new Float32Array(buffer, this.firstWord * 4, words);
  }

  run(job: number): void {
    checkRun("native", this.addon.run(this.ints.buffer as ArrayBuffer, this.firstWord, job));
  }
}
