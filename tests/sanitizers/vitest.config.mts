import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  root: fileURLToPath(new URL("../..", import.meta.url)),
  test: {
    include: ["tests/sanitizers/*.sanitizer.ts"],
    globalSetup: "tests/temporary-folder.ts",
    testTimeout: 120_000,
  },
});
