import { defineConfig } from "vitest/config";

// A software GPU compiles a model's kernels for seconds.
export default defineConfig({ test: { globalSetup: "tests/software-gpu.ts", testTimeout: 60_000 } });
