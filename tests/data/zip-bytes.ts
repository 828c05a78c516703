import { crc32, deflateRawSync } from "node:zlib";

/** A file of a small zip archive, and what to claim about it instead of the truth. */
export interface Packed {
  readonly name: string | Uint8Array;
  readonly content: Uint8Array;
  readonly claims?: {
    readonly size?: number;
    readonly compressedSize?: number;
    readonly offset?: number;
    readonly flags?: number;
    readonly method?: number;
    readonly crc?: number;
    /** Of the file system that packed it: 3 is Unix. */
    readonly system?: number;
    /** A Unix mode, such as 0o120777 of a symbolic link. */
    readonly mode?: number;
  };
}

/** Writes small zip archives, right or wrong: local headers, the central directory, its end. */
export function zip(files: readonly Packed[]): Uint8Array {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name: named, content, claims = {} } of files) {
    const name = Buffer.from(named as string);
    const data = claims.method === 0 ? Buffer.from(content) : deflateRawSync(content);
    const {
      size = content.length,
      compressedSize = data.length,
      offset = at,
      flags = 0,
      method = 8,
      crc = crc32(content),
      system = 0,
      mode = 0,
    } = claims;
    const common = Buffer.alloc(26); // version, flags, method, time and date, crc, sizes, lengths of name and extra field
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(flags, 2);
    common.writeUInt16LE(method, 4);
    common.writeUInt32LE(crc, 10);
    common.writeUInt32LE(compressedSize, 14);
    common.writeUInt32LE(size, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), common, name, data]);
    const rest = Buffer.alloc(14); // comment, disk, attributes, place of the local header
    rest.writeUInt32LE((mode << 16) >>> 0, 6);
    rest.writeUInt32LE(offset, 10);
    directory.push(
      Buffer.concat([
        Buffer.from("PK\x01\x02", "latin1"),
        Buffer.from([20, system]),
        common,
        rest,
        name,
      ]),
    );
    locals.push(local);
    at += local.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(listed.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...locals, listed, Buffer.from("PK\x05\x06", "latin1"), end]);
}

/** `a/b.mid`, "To be, or not to be.", as Python's zipfile writes it to a pipe: sizes and checksum behind the bytes. */
export const streamedZip = Buffer.from(
  "504b03041400080008000000210000000000000000000000000007000000612f622e6d69640bc957484ad551c82f52c8cb2f512801f1f400504b07085e79176d1300000014000000504b01021403140008000800000021005e79176d1300000014000000070000000000000000000000800100000000612f622e6d6964504b0506000000000100010035000000480000000000",
  "hex",
);

/** The same file, stored, in the layout for archives beyond 4 GiB: every size and place of 64 bits. */
export const zip64 = Buffer.from(
  "504b03042d0000000000000021005e79176dffffffffffffffff07001400612f622e6d69640100100014000000000000001400000000000000546f2062652c206f72206e6f7420746f2062652e504b01022d002d0000000000000021005e79176dffffffffffffffff07001c0000000000000000000000ffffffff612f622e6d696401001800140000000000000014000000000000000000000000000000504b06062c000000000000002d002d0000000000000000000100000000000000010000000000000051000000000000004d00000000000000504b0607000000009e0000000000000001000000504b050600000000ffffffffffffffffffffffff0000",
  "hex",
);
