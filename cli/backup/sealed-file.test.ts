import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { readLines, writeLines } from "./sealed-file.ts";

const folder = mkdtempSync(join(tmpdir(), "postern-sealed-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function* all(lines: readonly string[]): AsyncGenerator<string> {
  for (const line of lines) yield `${line}\n`;
}
const read = async (path: string): Promise<string[]> => {
  const found: string[] = [];
  for await (const line of readLines(path, {})) found.push(line);
  return found;
};

describe("the lines of a backup's file", () => {
  it("are read as they were written, however they fall into chunks", async () => {
    const lines = ["", "ä€😀".repeat(30_000), "x", "y".repeat(200_000)];
    const path = join(folder, "whole");
    await writeLines(path, all(lines), {});
    expect(await read(path)).toEqual(lines);
  });

  it("may lack the last line's end", async () => {
    const path = join(folder, "open");
    writeFileSync(path, gzipSync("a\nb"));
    expect(await read(path)).toEqual(["a", "b"]);
  });

  it("S-76: have a bound, so that a small file cannot fill the memory", async () => {
    const path = join(folder, "bomb");
    writeFileSync(path, gzipSync(Buffer.alloc(64 * 1024 * 1024, 0x61)));
    await expect(read(path)).rejects.toThrow("a line is too long");
  });
});
