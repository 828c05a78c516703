// Writes c/job.h from the table in job-fields.ts, as `npm run build` has compiled it; tests/engines/native/job-fields.test.ts
// tells when it is out of date. After it: npm run build, npm run build:wasm.
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { jobHeader } from "../../dist/lib/engines/native/job-fields.js";

writeFileSync(join(dirname(fileURLToPath(import.meta.url)), "c", "job.h"), jobHeader());
