import { closeSync } from "node:fs";
import { basename } from "node:path";
import { crc32 } from "node:zlib";
import { type Entry, fromBufferPromise, fromFdPromise, type ZipFile } from "yauzl";
import { BadFileError, GatedRnnError } from "../errors.js";
import { openRegularFile } from "../files/regular-file.js";
import { unsafePath, zipName } from "./zip-name.js";

interface ZipEntry {
  /** Path inside the archive, with forward slashes, never absolute and never with `..`. */
  readonly name: string;
  /** Bytes, as the archive claims; `read` gives exactly as many. */
  readonly size: number;
  /** Where the entry begins in the archive. */
  readonly offset: number;
  /** Whether it is a symbolic link, which `read` refuses. */
  readonly isLink: boolean;
  /** The bytes, which fit the entry's size and checksum. */
  read(): Promise<Uint8Array>;
}

/** How many bytes one entry may hold, and all entries that are read together. */
export const zipLimits = (archiveBytes: number) => ({
  entry: 32 * 2 ** 20 + 4 * archiveBytes,
  total: 256 * 2 ** 20 + 32 * archiveBytes,
});

/**
 * The files of a zip archive, one after the other, folders left out. An entry is in memory only once its `read` is called; its
 * bytes are counted here, whatever the archive claims, and held against its CRC-32. What is wrong with one entry alone (its
 * bytes, encryption, a name that another has, a symbolic link) is refused by its `read`, naming it, and the others are read.
 *
 * @param source path of the archive, or its bytes and a name for messages
 * @param mostEntries more than these are refused
 * @throws BadFileError on a broken archive, absolute names and names with `..`, and from `read`; there, too, on more bytes than
 *   `zipLimits` allows
 */
export async function* zipEntries(
  source: string | { readonly bytes: Uint8Array; readonly file: string },
  mostEntries = 1_000_000,
): AsyncGenerator<ZipEntry> {
  const file = typeof source === "string" ? basename(source) : source.file;
  const bad = (error: unknown) =>
    error instanceof BadFileError
      ? error
      : new BadFileError(file, 0, `expected a zip archive, got: ${(error as Error).message}`);
  let archive: ZipFile;
  try {
    archive = await openArchive(source);
  } catch (error) {
    const { syscall } = error as NodeJS.ErrnoException;
    throw syscall || error instanceof GatedRnnError ? error : bad(error); // a file that cannot be opened is no bad archive
  }
  const budget = { left: zipLimits(archive.fileSize).total };
  const names = new Set<string>();
  try {
    if (archive.entryCount > mostEntries)
      throw new BadFileError(
        file,
        0,
        `expected at most ${mostEntries} entries, got ${archive.entryCount}`,
      );
    for await (const entry of archive.eachEntry()) {
      const name = zipName(entry);
      const offset = entry.relativeOffsetOfLocalHeader;
      const unsafe = unsafePath(name);
      if (unsafe !== undefined)
        throw new BadFileError(
          file,
          offset,
          `expected a path within a folder, got ${unsafe}: ${name}`,
        );
      if (name.endsWith("/")) continue;
      const isSecond = names.has(name);
      names.add(name);
      const isLink = isSymbolicLink(entry);
      const read = async () => {
        const refuse = (problem: string) => new BadFileError(file, offset, `${name}: ${problem}`);
        if (isSecond) throw refuse("expected one entry of this name, got a second");
        if (isLink) throw refuse("expected a file, got a symbolic link; pack the file itself");
        return readEntry(archive, entry, budget, refuse);
      };
      yield { name, size: entry.uncompressedSize, offset, isLink, read };
    }
  } catch (error) {
    if (error instanceof Error && error.constructor === Error) throw bad(error); // yauzl's own errors have no class of their own
    throw error;
  } finally {
    archive.close();
  }
}

async function openArchive(source: Parameters<typeof zipEntries>[0]): Promise<ZipFile> {
  const own = { decodeStrings: false, validateEntrySizes: false }; // both are done here
  const options = { lazyEntries: true, autoClose: false, ...own };
  if (typeof source !== "string") return fromBufferPromise(asBuffer(source.bytes), options);
  const { descriptor } = openRegularFile(source);
  try {
    return await fromFdPromise(descriptor, options);
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

async function readEntry(
  archive: ZipFile,
  entry: Entry,
  budget: { left: number },
  refuse: (problem: string) => BadFileError,
): Promise<Uint8Array> {
  const size = entry.uncompressedSize;
  const limit = Math.min(zipLimits(archive.fileSize).entry, budget.left);
  if (size > limit) throw refuse(`expected at most ${limit} bytes, got a claim of ${size}`);
  const pieces: Buffer[] = [];
  let count = 0;
  let checksum = 0;
  try {
    for await (const piece of await archive.openReadStreamPromise(entry)) {
      count += piece.length;
      if (count > size) throw refuse(`expected ${size} bytes as claimed, got more`);
      checksum = crc32(piece, checksum);
      pieces.push(piece);
    }
  } catch (error) {
    if (error instanceof BadFileError) throw error;
    throw refuse(`expected an entry that can be unpacked, got: ${(error as Error).message}`);
  }
  if (count !== size) throw refuse(`expected ${size} bytes as claimed, got ${count}`);
  if (checksum !== entry.crc32)
    throw refuse(
      `expected bytes with CRC-32 ${hex(entry.crc32)}, got ${hex(checksum)}; it is damaged`,
    );
  budget.left -= count;
  return Buffer.concat(pieces);
}

const hex = (n: number) => n.toString(16).padStart(8, "0");

/** As archivers of Unix and macOS mark one, in the upper half of the attributes. */
function isSymbolicLink({ versionMadeBy, externalFileAttributes }: Entry): boolean {
  const system = versionMadeBy >>> 8;
  return (system === 3 || system === 19) && externalFileAttributes >>> 28 === 0xa;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
