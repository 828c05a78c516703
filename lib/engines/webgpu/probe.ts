import type { AdapterDescription } from "./contract.js";
import { webGpu } from "./index.js";

// A process of its own, begun by the doctor: drivers write what they like to standard error, and a broken one takes its process with it.

/** The adapter that `--engine webgpu` would take here, or why there is none. */
export type Probe = { readonly adapter: AdapterDescription } | { readonly problem: string };

const tell = (probe: Probe) => process.send?.(probe, undefined, undefined, () => process.exit());
webGpu().then(
  ({ adapter }) => tell({ adapter }),
  ({ message }: Error) => tell({ problem: message }),
);
