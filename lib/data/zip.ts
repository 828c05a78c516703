import { basename } from "node:path";
import { type Entry, fromBufferPromise, openPromise, type ZipFile } from "yauzl";
import { BadFileError } from "../errors.js";

export interface ZipEntry {
  /** Path inside the archive, with forward slashes, never absolute and never with `..`. */
  readonly name: string;
  /** Bytes, as the archive claims; `read` gives exactly as many. */
  readonly size: number;
  /** Where the entry begins in the archive. */
  readonly offset: number;
  read(): Promise<Uint8Array>;
}

/** How many bytes one entry may hold, and all entries that are read together. */
export const zipLimits = (archiveBytes: number) => ({
  entry: 32 * 2 ** 20 + 4 * archiveBytes,
  total: 256 * 2 ** 20 + 32 * archiveBytes,
});

/**
 * The files of a zip archive, one after the other, folders left out. An entry is in memory only once its `read` is called, and
 * its bytes are counted here, whatever the archive claims.
 *
 * @param source path of the archive, or its bytes and a name for messages
 * @param mostEntries more than these are refused
 * @throws BadFileError on a broken archive, absolute names and names with `..`, encryption, forged sizes, and more bytes than
 *   `zipLimits` allows
 */
export async function* zipEntries(
  source: string | { readonly bytes: Uint8Array; readonly file: string },
  mostEntries = 1_000_000,
): AsyncGenerator<ZipEntry> {
  const file = typeof source === "string" ? basename(source) : source.file;
  const bad = (error: unknown, offset = 0) =>
    error instanceof BadFileError
      ? error
      : new BadFileError(file, offset, `expected a zip archive, got: ${(error as Error).message}`);
  let archive: ZipFile;
  try {
    const options = { lazyEntries: true, autoClose: false, strictFileNames: true };
    archive = await (typeof source === "string"
      ? openPromise(source, options)
      : fromBufferPromise(asBuffer(source.bytes), options));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall) throw error; // the file cannot be opened: not the archive's fault
    throw bad(error);
  }
  const budget = { left: zipLimits(archive.fileSize).total };
  try {
    if (archive.entryCount > mostEntries)
      throw new BadFileError(
        file,
        0,
        `expected at most ${mostEntries} entries, got ${archive.entryCount}`,
      );
    for await (const entry of archive.eachEntry()) {
      if (entry.fileName.endsWith("/")) continue;
      const offset = entry.relativeOffsetOfLocalHeader;
      yield {
        name: entry.fileName,
        size: entry.uncompressedSize,
        offset,
        read: () => readEntry(archive, entry, file, budget, bad),
      };
    }
  } catch (error) {
    if (error instanceof Error && error.constructor === Error) throw bad(error); // yauzl's own errors have no class of their own
    throw error;
  } finally {
    archive.close();
  }
}

async function readEntry(
  archive: ZipFile,
  entry: Entry,
  file: string,
  budget: { left: number },
  bad: (error: unknown, offset: number) => BadFileError,
): Promise<Uint8Array> {
  const offset = entry.relativeOffsetOfLocalHeader;
  const size = entry.uncompressedSize;
  const limit = Math.min(zipLimits(archive.fileSize).entry, budget.left);
  if (size > limit)
    throw new BadFileError(
      file,
      offset,
      `${entry.fileName}: expected at most ${limit} bytes, got a claim of ${size}`,
    );
  const pieces: Buffer[] = [];
  let count = 0;
  try {
    for await (const piece of await archive.openReadStreamPromise(entry)) {
      count += piece.length;
      if (count > size)
        throw new BadFileError(
          file,
          offset,
          `${entry.fileName}: expected ${size} bytes as claimed, got more`,
        );
      pieces.push(piece);
    }
  } catch (error) {
    throw bad(error, offset);
  }
  if (count !== size)
    throw new BadFileError(
      file,
      offset,
      `${entry.fileName}: expected ${size} bytes as claimed, got ${count}`,
    );
  budget.left -= count;
  return Buffer.concat(pieces);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
