import { sha256 as algorithm } from "@noble/hashes/sha2";

/** A checksum in the making: what is given is hashed in order, texts as UTF-8. */
export interface Sha256 {
  update(part: Uint8Array | string): Sha256;
  /** [64] hexadecimal digits; nothing can be added afterwards. */
  hex(): string;
}

/** SHA-256 in plain JavaScript: in Node and in a page alike, where Node's own is not. */
export function sha256(): Sha256 {
  const hash = algorithm.create();
  const made: Sha256 = {
    update: (part) => {
      hash.update(part);
      return made;
    },
    hex: () => Array.from(hash.digest(), (byte) => byte.toString(16).padStart(2, "0")).join(""),
  };
  return made;
}
