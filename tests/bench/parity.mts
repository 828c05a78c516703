import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

/** The tests' comparison with their float64 oracle, bundled: it is TypeScript for the test runner. */
export async function parityWithOracle(): Promise<typeof import("../oracle/parity.js").parity> {
  const input = fileURLToPath(new URL("../oracle/parity.ts", import.meta.url));
  const build = await rolldown({
    input,
    platform: "node",
    resolve: { extensionAlias: { ".js": [".ts", ".js"] } },
  });
  const { output } = await build.generate({ format: "esm", codeSplitting: false });
  const { parity } = await import(
    `data:text/javascript;base64,${Buffer.from(output[0].code).toString("base64")}`
  );
  return parity;
}
