import { describe, expect, it } from "vitest";
import { BodyTooLarge, counted, declaredSize, readText } from "./body.ts";

const message = (body: string | Uint8Array, contentType?: string): Request =>
  new Request("https://web.contoso.test/", {
    method: "POST",
    body,
    headers: { "content-type": contentType ?? "text/xml" },
  });
const reason = async (body: string | Uint8Array, contentType?: string, limit = 1000): Promise<string> => {
  const result = await readText(message(body, contentType), limit);
  return result.ok ? result.value.text : result.reason;
};

describe("a body that is read whole", () => {
  it("is both its bytes, for forwarding, and its text, for judging", async () => {
    const read = await readText(message("\ufeff<é/>"), 100);
    if (!read.ok) throw new Error(read.reason);
    expect(read.value.text).toBe("<é/>");
    expect(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(read.value.bytes)).toBe("\ufeff<é/>");
  });

  it.each([
    "text/xml",
    "text/xml; charset=utf-8",
    "application/soap+xml; charset=utf-8; action=x",
    "application/vnd.microsoft.com.ucwa+xml",
  ])("S-32: one byte order mark may stand before XML (%s), two may not", async (type) => {
    expect(await reason("\ufeff<x/>", type)).toBe("<x/>");
    expect(await reason("\ufeff\ufeff<x/>", type)).toBe("byte-order-mark");
  });

  it.each([
    "application/json",
    "application/vnd.microsoft.com.ucwa+json",
    "application/x-www-form-urlencoded",
    "multipart/batching; boundary=x",
    "text/plain; x=text/xml",
    "",
  ])("S-32: none may stand before anything else (%s)", async (type) => {
    expect(await reason('\ufeff{"a":1}', type)).toBe("byte-order-mark");
    expect(await reason('{"a":"\ufeff"}', type)).toBe('{"a":"\ufeff"}');
  });

  it("a Front-End's answer may have one, whatever its type", async () => {
    expect(await readText(Response.json({}), 10)).toMatchObject({ value: { text: "{}" } });
    expect(await readText(new Response("\ufeff{}"), 10)).toMatchObject({ value: { text: "{}" } });
  });

  it("may be empty, or missing", async () => {
    expect(await reason("")).toBe("");
    const none = await readText(new Request("https://web.contoso.test/", { method: "POST" }), 10);
    expect(none).toMatchObject({ ok: true, value: { text: "" } });
  });

  it("S-34: keeps its limit to the byte", async () => {
    expect(await reason("x".repeat(1000))).toBe("x".repeat(1000));
    expect(await reason("x".repeat(1001))).toBe("too-large");
    expect(await reason("é".repeat(501))).toBe("too-large");
  });

  it("S-34: is not read further once it is too long", async () => {
    let pulled = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled++;
        controller.enqueue(new Uint8Array(1024));
      },
    });
    const request = new Request("https://web.contoso.test/", { method: "POST", body: endless });
    expect(await readText(request, 10 * 1024)).toEqual({ ok: false, reason: "too-large" });
    expect(pulled).toBeLessThan(20);
  });
});

describe("S-34: a declared length", () => {
  it.each([
    [undefined, "unknown"],
    ["0", "within"],
    ["100", "within"],
    ["0100", "within"],
    ["101", "too-large"],
    ["-1", "too-large"],
    ["1e1", "too-large"],
    ["0x1", "too-large"],
    ["10, 10", "too-large"],
    ["", "too-large"],
    ["9".repeat(30), "too-large"],
  ])("%s is %s", (length, expected) => {
    expect(declaredSize(new Headers(length === undefined ? {} : { "content-length": length }), 100)).toBe(expected);
  });
});

describe("S-34: a body that is counted while it streams", () => {
  const source = (chunks: readonly number[], end: "close" | "error" = "close"): ReadableStream<Uint8Array> => {
    const left = [...chunks];
    return new ReadableStream<Uint8Array>({
      pull(controller) {
        const size = left.shift();
        if (size !== undefined) controller.enqueue(new Uint8Array(size));
        else if (end === "close") controller.close();
        else controller.error(new Error("the client went away"));
      },
    });
  };

  it("passes whole up to its limit", async () => {
    const { body, broken } = counted(source([40, 40, 20]), 100);
    expect((await new Response(body).arrayBuffer()).byteLength).toBe(100);
    expect(broken.aborted).toBe(false);
  });

  it("passes chunk by chunk", async () => {
    const { readable, writable } = new IdentityTransformStream();
    const writer = writable.getWriter();
    const reader = counted(readable, 100).body.getReader();
    for (const size of [1, 2, 3]) {
      const written = writer.write(new Uint8Array(size));
      expect((await reader.read()).value?.length).toBe(size);
      await written;
    }
  });

  it("fails over its limit, and says so where the request can be ended", async () => {
    const { body, broken } = counted(source([60, 60]), 100);
    await expect(new Response(body).arrayBuffer()).rejects.toThrow(BodyTooLarge);
    expect(broken.reason).toBeInstanceOf(BodyTooLarge);
  });

  it("S-37: fails where its source breaks off, and says so where the request can be ended", async () => {
    const { body, broken } = counted(source([60], "error"), 100);
    await expect(new Response(body).arrayBuffer()).rejects.toThrow("the client went away");
    expect([broken.aborted, broken.reason instanceof BodyTooLarge]).toEqual([true, false]);
  });
});
