import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The folder with copies of the real files, or null: tests that need real music are skipped where there is none. */
export const mirror: string | null =
  [process.env.GATED_RNN_MIRROR, join(dirname(root), "shared", "datasets")].find(
    (folder) => folder && existsSync(join(folder, "music")),
  ) ?? null;

/** For a test's title. */
export const withoutMirror = mirror
  ? ""
  : " (skipped: no mirror folder with the real files; set GATED_RNN_MIRROR)";
