import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { sha256 } from "../../lib/files/sha256.js";

describe("sha256", () => {
  it("gives the standard's digest of abc and of nothing", () => {
    expect(sha256().update("abc").hex()).toBe(
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
    expect(sha256().hex()).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  });

  it("agrees with Node's over parts of every kind, across block borders", () => {
    const bytes = Uint8Array.from({ length: 1000 }, (_, i) => (i * 37) & 255);
    const parts = [bytes.subarray(0, 63), "größer als ASCII: é 音", bytes.subarray(3, 700), ""];
    const ours = sha256();
    const node = createHash("sha256");
    for (const part of parts) {
      ours.update(part);
      node.update(part);
    }
    expect(ours.hex()).toBe(node.digest("hex"));
  });
});
