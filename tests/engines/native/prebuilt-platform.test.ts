import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { prebuiltPlatform } from "../../../lib/engines/native/prebuilt-platform.js";

/** The beginning of a program as a loader's name makes it. */
function program(loader: string): string {
  const file = join(mkdtempSync(join(tmpdir(), "gated-rnn-elf-")), "node");
  const bytes = Buffer.alloc(9000);
  bytes.write("\x7fELF", 0);
  bytes.write(`${loader}\0`, 0x350);
  writeFileSync(file, bytes);
  return file;
}

it("tells musl from glibc by the loader that a program asks for, on Linux alone", () => {
  const musl = program("/lib/ld-musl-aarch64.so.1");
  const glibc = program("/lib64/ld-linux-x86-64.so.2");
  expect(prebuiltPlatform("linux", "arm64", musl)).toBe("linux-arm64-musl");
  expect(prebuiltPlatform("linux", "x64", glibc)).toBe("linux-x64");
  expect(prebuiltPlatform("darwin", "arm64", musl)).toBe("darwin-arm64");
  expect(prebuiltPlatform("win32", "x64", "not read")).toBe("win32-x64");
});

it("names this machine's platform", () => {
  expect(prebuiltPlatform()).toMatch(new RegExp(`^${process.platform}-${process.arch}(-musl)?$`));
});
