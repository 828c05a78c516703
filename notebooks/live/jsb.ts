import { musicSources } from "../../data-prep/sources.ts";
import { datasetOf } from "./data-sets.ts";
import type { ReadFiles } from "./messages.ts";
import type { Asked } from "./unit.ts";

/**
 * The JSB Chorales from the first place that gives them to a page: a mirror beside it, then the
 * public addresses. What comes is checked.
 *
 * @throws Error that says how to get them otherwise
 */
export async function fetchJsb(studio: Asked): Promise<ReadFiles> {
  const pickle = musicSources.jsb.files.find(({ kind }) => kind === "pickle");
  const besides = location.protocol.startsWith("http")
    ? ["jsb.pickle", "JSB%20Chorales.pickle"]
    : [];
  const secure = location.protocol === "https:";
  const addresses = [...besides, ...(pickle?.addresses ?? [])].filter(
    (address) => !(secure && address.startsWith("http:")), // a secure page may not ask there
  );
  for (const address of addresses) {
    const bytes = await bytesAt(address);
    if (!bytes) continue;
    const read = await studio.ask("read", { files: [{ name: "JSB Chorales.pickle", bytes }] });
    if (datasetOf(read.source).checksum === musicSources.jsb.checksum) return read;
  }
  throw new Error(
    "JSB Chorales: expected to fetch them, got no answer from any address; drop the file “JSB Chorales.pickle” on this page, or take the synthetic chorales",
  );
}

async function bytesAt(address: string): Promise<Uint8Array | undefined> {
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(15_000) });
    return response.ok ? new Uint8Array(await response.arrayBuffer()) : undefined;
  } catch {
    return undefined; // no network, or a host that gives pages nothing: the next address
  }
}
