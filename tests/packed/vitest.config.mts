import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  root: fileURLToPath(new URL("../..", import.meta.url)),
  test: {
    include: ["tests/packed/*.packed.ts"],
    globalSetup: "tests/temporary-folder.ts",
    testTimeout: 300_000,
    hookTimeout: 1_200_000, // seven platforms' addons are built first
  },
});
