import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { brotliDecompressSync } from "node:zlib";

/**
 * Vitest's global set-up: SwiftShader (a Vulkan driver on the processor, from the npm package @sparticuz/chromium, for Linux on x64) is
 * unpacked in the tests' temporary folder, and the one driver that test processes find as they start. GATED_RNN_TEST_GPU leaves them
 * the machine's own: "gpu", or "software" for another than SwiftShader.
 */
export default function setup(): void {
  if (
    process.env.GATED_RNN_TEST_GPU !== undefined ||
    process.platform !== "linux" ||
    process.arch !== "x64"
  )
    return;
  const main = createRequire(import.meta.url).resolve("@sparticuz/chromium");
  const packed = readFileSync(join(dirname(main), "..", "..", "bin", "swiftshader.tar.br"));
  const folder = mkdtempSync(join(tmpdir(), "swiftshader-"));
  execFileSync("tar", ["-x", "-C", folder], { input: brotliDecompressSync(packed) });
  const icd = join(folder, "vk_swiftshader_icd.json");
  const libraries = [folder, process.env.LD_LIBRARY_PATH].filter((path) => path).join(delimiter);
  Object.assign(process.env, {
    LD_LIBRARY_PATH: libraries,
    VK_ICD_FILENAMES: icd,
    VK_DRIVER_FILES: icd,
  });
}
