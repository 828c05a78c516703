import { type Entry, getFileNameLowLevel } from "yauzl";

const UTF_8_FLAG = 0x800;

/**
 * An entry's path, decoded, with forward slashes: UTF-8 where the entry says so or its bytes are UTF-8 (many archivers leave the
 * flag out), else code page 437, as the format has it; names in other code pages come out readable in part, and distinct.
 */
export function zipName(entry: Entry): string {
  const { generalPurposeBitFlag: flags, fileNameRaw: raw, extraFields } = entry;
  const isUtf8 = (flags & UTF_8_FLAG) !== 0 || isValidUtf8(raw);
  const name = getFileNameLowLevel(isUtf8 ? UTF_8_FLAG : 0, raw, extraFields, true);
  if (isUtf8 || !raw.some((byte) => byte > 0x7f)) return name.replaceAll("\\", "/");
  return [...name].map((c, i) => (c === "\\" && !isShiftJisTail(raw, i) ? "/" : c)).join("");
}

/** Why no file can be at this path; undefined for a path that stays within a folder. */
export function unsafePath(name: string): string | undefined {
  const parts = name.split(/[/\\]/);
  if (/^[a-z]:/i.test(name)) return "a path with a drive";
  if (/^[/\\]/.test(name)) return "an absolute path";
  if (parts.includes("..")) return "a path that leads out of its folder";
  if (name.includes("\0")) return "a path with a zero byte";
  return undefined;
}

function isValidUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** In Shift-JIS a backslash may be the second byte of a character, and is no separator then. */
function isShiftJisTail(bytes: Uint8Array, at: number): boolean {
  let i = 0;
  while (i < at) i += (bytes[i] >= 0x81 && bytes[i] <= 0x9f) || bytes[i] >= 0xe0 ? 2 : 1;
  return i > at;
}
