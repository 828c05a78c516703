import { zipEntries } from "./zip.js";

/** What is in a zip archive: its files, each unpacked and counted. */
export interface ZipContents {
  readonly kind: "zip";
  readonly entries: readonly { readonly name: string; readonly bytes: number }[];
}

const MOST_ENTRIES = 100_000;

/** @throws BadFileError on the first entry that is not what it claims to be */
export async function zipContents(source: Parameters<typeof zipEntries>[0]): Promise<ZipContents> {
  const entries: { name: string; bytes: number }[] = [];
  for await (const { name, read } of zipEntries(source, MOST_ENTRIES))
    entries.push({ name, bytes: (await read()).length });
  return { kind: "zip", entries };
}
