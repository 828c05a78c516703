// Writes what the C side shares with TypeScript, as `npm run build` has compiled it: c/job.h from the table in job-fields.ts,
// c/operations.h from the one in compile/ops.ts. Tests tell when they are out of date. After it: npm run build, npm run build:wasm.
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { jobHeader } from "../../build/modules/lib/engines/native/job-fields.js";
import { operationsHeader } from "../../build/modules/lib/engines/native/operations-header.js";

const folder = join(dirname(fileURLToPath(import.meta.url)), "c");
writeFileSync(join(folder, "job.h"), jobHeader());
writeFileSync(join(folder, "operations.h"), operationsHeader());
