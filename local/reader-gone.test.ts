import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { readerGone } from "./reader-gone.ts";

const fault = (code: string): Error => Object.assign(new Error(code), { code });

it("is told when nobody reads any more, also when it is written to again", async () => {
  const stream = new PassThrough();
  const gone = readerGone(stream);
  stream.emit("error", fault("EPIPE"));
  stream.emit("error", fault("EPIPE"));
  await expect(gone).resolves.toBeUndefined();
});

it("throws another fault of the stream", () => {
  const stream = new PassThrough();
  void readerGone(stream);
  expect(() => stream.emit("error", fault("ENOSPC"))).toThrow("ENOSPC");
});
