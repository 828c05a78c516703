import { firstNames } from "./first-names.js";
import { zipEntries } from "./zip.js";

/** What is in a zip archive: its files, each unpacked and counted. */
export interface ZipContents {
  readonly kind: "zip";
  readonly entries: readonly { readonly name: string; readonly bytes: number }[];
  readonly warnings: readonly string[];
}

const MOST_ENTRIES = 100_000;

/** @throws BadFileError on the first entry that is not what it claims to be */
export async function zipContents(source: Parameters<typeof zipEntries>[0]): Promise<ZipContents> {
  const entries: { name: string; bytes: number }[] = [];
  const links: string[] = [];
  for await (const { name, isLink, read } of zipEntries(source, MOST_ENTRIES))
    if (isLink) links.push(name);
    else entries.push({ name, bytes: (await read()).length });
  const warnings =
    links.length > 0
      ? [`${links.length} symbolic links are passed over: ${firstNames(links)}`]
      : [];
  return { kind: "zip", entries, warnings };
}
