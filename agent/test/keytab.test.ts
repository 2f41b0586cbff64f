// Which services a keytab has keys for.

import { describe, expect, it } from "vitest";
import { principalsIn } from "../src/enrol/keytab.ts";

const text = (value: string): Buffer => Buffer.concat([uint16(Buffer.byteLength(value)), Buffer.from(value)]);
function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}
function sized(size: number, entry: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeInt32BE(size);
  return Buffer.concat([head, entry]);
}
function entry(...names: string[]): Buffer {
  const body = Buffer.concat([uint16(names.length), text("CORP.TEST"), ...names.map(text), Buffer.alloc(40)]);
  return sized(body.length, body);
}

describe("a keytab", () => {
  it("names its services, and a hole is none", () => {
    const hole = sized(-8, Buffer.alloc(8));
    const keytab = Buffer.concat([uint16(0x0502), entry("HTTP", "a.corp.test"), hole, entry("svc"), Buffer.alloc(4)]);
    expect([...principalsIn(keytab)]).toEqual(["HTTP/a.corp.test", "svc"]);
  });

  it.each(["", "wrong\n"])("is not a file with %j", (content) => {
    expect(() => principalsIn(Buffer.from(content))).toThrow("it is no keytab");
  });

  it("that was cut off is none", () => {
    expect(() => principalsIn(Buffer.concat([uint16(0x0502), sized(90, uint16(2))]))).toThrow();
  });
});
