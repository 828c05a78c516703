import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliDecompressSync } from "node:zlib";

const folder = fileURLToPath(new URL("../build/swiftshader", import.meta.url));

/**
 * Vitest's global set-up: SwiftShader (a Vulkan driver on the processor, from the npm package @sparticuz/chromium) for the test
 * processes, which look for a driver as they start. GATED_RNN_TEST_GPU=gpu leaves the machine's own driver.
 */
export default function setup(): void {
  if (process.env.GATED_RNN_TEST_GPU === undefined) Object.assign(process.env, softwareGpu());
}

/** The environment in which a process started from now on finds SwiftShader, and nothing else, as its Vulkan driver; empty on other systems than Linux on x64. */
export function softwareGpu(): NodeJS.ProcessEnv {
  if (process.platform !== "linux" || process.arch !== "x64") return {};
  unpack();
  const icd = join(folder, "vk_swiftshader_icd.json");
  const libraries = [folder, process.env.LD_LIBRARY_PATH].filter((path) => path).join(delimiter);
  return { LD_LIBRARY_PATH: libraries, VK_ICD_FILENAMES: icd, VK_DRIVER_FILES: icd };
}

function unpack(): void {
  if (existsSync(folder)) return;
  const main = createRequire(import.meta.url).resolve("@sparticuz/chromium");
  const packed = readFileSync(join(dirname(main), "..", "..", "bin", "swiftshader.tar.br"));
  const temporary = `${folder}.${process.pid}`;
  mkdirSync(temporary, { recursive: true });
  try {
    for (const [name, bytes] of tarFiles(brotliDecompressSync(packed))) writeFileSync(join(temporary, name), bytes);
    renameSync(temporary, folder);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    if (!existsSync(folder)) throw error; // another process was first
  }
}

/** The plain files of a tar archive: headers of 512 bytes, contents in whole blocks. */
function* tarFiles(tar: Uint8Array): Generator<[string, Uint8Array]> {
  const text = (at: number, length: number) =>
    Buffer.from(tar.buffer, tar.byteOffset + at, length)
      .toString("latin1")
      .split("\0")[0];
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0; ) {
    const size = Number.parseInt(text(at + 124, 12), 8);
    if (/^[0\0]?$/.test(text(at + 156, 1))) yield [text(at, 100).replace(/^.*\//, ""), tar.subarray(at + 512, at + 512 + size)];
    at += 512 + Math.ceil(size / 512) * 512;
  }
}
