// The page on the LAN, with a stand-in for Kerberos and for the directory. test/real/directory has the real ones.

import type { Server } from "node:http";
import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import * as v from "valibot";
import { afterEach, describe, expect, it } from "vitest";
import { acceptorOver } from "../src/enrol/accept.ts";
import type { Found } from "../src/enrol/look-up.ts";
import { type Asked, enrolmentServer } from "../src/enrol/server.ts";
import { enrolmentSchema } from "../src/enrol/settings.ts";
import { negotiated } from "../src/enrol/spnego.ts";
import { wordsFor } from "../src/enrol/words.ts";

const NAME = "postern.corp.contoso.test";
const LINK = "https://access.contoso.test/join#0000-secret";
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

type Reply = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly text: string };
type Sent = { readonly method?: string; readonly headers?: Record<string, string>; readonly body?: string };

/** A page on which `Negotiate NAME` proves that name. */
async function page(asked: Partial<Asked> = {}) {
  const notes: (readonly [string, string | undefined])[] = [];
  const invited: string[] = [];
  const server = enrolmentServer({
    ...{ name: NAME, scheme: "http" },
    accept: async (authorization) =>
      authorization === undefined
        ? { kind: "none" }
        : { kind: "proved", principal: authorization.replace("Negotiate ", ""), answer: "back" },
    lookUp: async (principal): Promise<Found> => ({ kind: "person", key: `ad:${principal}`, name: `<${principal}>` }),
    invite: async (key) => {
      invited.push(key);
      return { kind: "invited", link: LINK, expiresAt: Date.now() + 600_000 };
    },
    note: (outcome, person) => void notes.push([outcome, person]),
    ...asked,
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const host = `${NAME}:${port}`;
  const send = (path: string, { method = "GET", headers = {}, body = "" }: Sent = {}): Promise<Reply> =>
    new Promise((resolve, reject) => {
      const all = { host, ...headers };
      const sending = httpRequest(
        { host: "127.0.0.1", port, path, method, headers: all, agent: false },
        async (got) => {
          resolve({ status: got.statusCode ?? 0, headers: got.headers, text: await text(got) });
        },
      );
      sending.once("error", reject);
      sending.end(body);
    });
  const as = (who: string) => ({ authorization: `Negotiate ${who}` });
  const post = (who: string, token: string, headers: Record<string, string> = {}) => {
    const form = { origin: `http://${host}`, "content-type": "application/x-www-form-urlencoded" };
    const body = new URLSearchParams({ token }).toString();
    return send("/code", { method: "POST", headers: { ...as(who), ...form, ...headers }, body });
  };
  const tokenOf = async (who: string): Promise<string> =>
    /name="token" value="([^"]+)"/.exec((await send("/", { headers: as(who) })).text)?.[1] ?? "";
  return { send, as, post, tokenOf, notes, invited, port };
}

describe("S-56: the page on the LAN", () => {
  it("asks for Kerberos and for nothing else, and says what to do without it", async () => {
    const { send } = await page();
    const { status, headers, text: body } = await send("/", { headers: { "accept-language": "de-DE,en;q=0.5" } });
    expect([status, headers["www-authenticate"]]).toEqual([401, "Negotiate"]);
    expect(body).toContain("Ihr Computer hat nicht gesagt, wer Sie sind");
    expect(body).not.toMatch(/<input|type="password"/);
  });

  it("makes a code for the person of the ticket, shows it once, and notes only who", async () => {
    const { send, as, post, tokenOf, notes, invited } = await page();
    const welcome = await send("/", { headers: as("alice@CORP") });
    expect(welcome.text).toContain("Hello, &#60;alice@CORP&#62;");
    expect(invited).toEqual([]); // reading makes none
    const made = await post("alice@CORP", await tokenOf("alice@CORP"));
    expect([made.status, invited]).toEqual([200, ["ad:alice@CORP"]]);
    expect(made.text).toContain("data:image/svg+xml;base64,");
    expect(made.text).toContain(`href="${LINK}"`);
    expect(made.headers["www-authenticate"]).toBe("Negotiate back");
    expect(notes).toEqual([["invited", "alice@CORP"]]);
    expect(JSON.stringify(notes)).not.toContain("secret");
  });

  it("every answer is kept by no cache, framed by nobody, and has no script of its own text", async () => {
    const { send, as, post, tokenOf } = await page();
    const answers = [
      ...[await send("/"), await send("/", { headers: as("a@B") }), await send("/x"), await send("/code")],
      ...[await post("a@B", "wrong"), await post("a@B", await tokenOf("a@B")), await send("/", { method: "PUT" })],
    ];
    expect(answers.map(({ status }) => status)).toEqual([401, 200, 404, 303, 403, 200, 405]);
    for (const { headers, text: body } of answers) {
      expect(headers["cache-control"]).toBe("no-store");
      expect(headers["x-frame-options"]).toBe("DENY");
      expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
      expect(headers["set-cookie"]).toBeUndefined();
      expect(body).not.toMatch(/<script(?![^>]* src=)| style=| on\w+=/);
    }
  });

  it.each<[string, (port: number) => Record<string, string>]>([
    ["of another site", () => ({ origin: "https://evil.example" })],
    ["without an Origin", () => ({ origin: "" })],
    ["of a sibling of the same domain", () => ({ origin: "http://other.corp.contoso.test" })],
    ["of the same host on another port", () => ({ origin: `http://${NAME}:1` })],
    ["that the browser calls cross-site", () => ({ "sec-fetch-site": "cross-site" })],
    ["that the browser calls same-site", () => ({ "sec-fetch-site": "same-site" })],
    ["as text", () => ({ "content-type": "text/plain" })],
  ])("a form %s makes nothing, even with a ticket and a right token", async (_, headers) => {
    const { post, tokenOf, invited, port } = await page();
    const { status } = await post("alice@CORP", await tokenOf("alice@CORP"), headers(port));
    expect([status, invited]).toEqual([403, []]);
  });

  it("a form of somebody else, a made-up one, and one that is too old make nothing", async () => {
    const { post, tokenOf, invited } = await page();
    const alices = await tokenOf("alice@CORP");
    const old = alices.replace(/^\d+/, String(Date.now() - 1));
    for (const token of [
      await tokenOf("bob@CORP"),
      "",
      "x",
      `${Date.now() + 1e6}.x`,
      old,
      `${alices}x`,
      "9".repeat(2_000),
    ]) {
      expect((await post("alice@CORP", token)).status).toBe(403);
    }
    expect(invited).toEqual([]);
  });

  it("answers by its own name alone", async () => {
    const { send, as, port } = await page();
    for (const host of ["127.0.0.1", `evil.example:${port}`, `${NAME}.evil.example`, `${NAME}:1`, ""]) {
      const { status, headers } = await send("/", { headers: { ...as("alice@CORP"), host } });
      expect([host, status, headers["www-authenticate"]]).toEqual([host, 421, undefined]);
    }
    expect((await send("/", { headers: { ...as("a@B"), host: NAME.toUpperCase() } })).status).toBe(200);
  });

  it.each(["unknown", "disabled", "expired", "protected", "denied", "not-enabled"] as const)(
    "somebody who is %s gets a sentence in both languages, and no code",
    async (kind) => {
      const { send, as, invited } = await page({ lookUp: async () => ({ kind }) });
      for (const language of ["en", "de"]) {
        const { status, text: body } = await send("/", { headers: { ...as("a@B"), "accept-language": language } });
        expect(status).toBe(403);
        expect(body).toContain(wordsFor(language).denied[kind]);
        expect(body).not.toContain("<form");
      }
      expect(invited).toEqual([]);
    },
  );

  it.each(["not-synced", "says-no", "slow"] as const)("says why the gateway makes no code: %s", async (kind) => {
    const { post, tokenOf } = await page({ invite: async () => ({ kind }) });
    const { status, text: body } = await post("a@B", await tokenOf("a@B"));
    expect(status).toBe(kind === "slow" ? 429 : 403);
    expect(body).toContain(kind === "slow" ? wordsFor("en").slow : wordsFor("en").denied[kind]);
  });

  it("a person makes five codes in ten minutes at most, and nobody else has to wait", async () => {
    const { post, tokenOf, invited } = await page();
    const statuses = [];
    for (let made = 0; made < 7; made++) statuses.push((await post("a@B", await tokenOf("a@B"))).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429]);
    expect((await post("c@B", await tokenOf("c@B"))).status).toBe(200);
    expect(invited).toHaveLength(6);
  });

  it("a gateway or a directory that fails is a sentence, and never a code", async () => {
    const failing = async (): Promise<never> => {
      throw new Error("away");
    };
    const { send, as, notes } = await page({ lookUp: failing });
    const { status, text: body } = await send("/", { headers: as("a@B") });
    expect(status).toBe(503);
    expect(body).toContain(wordsFor("en").failed);
    expect(body).not.toContain("away");
    expect(notes).toEqual([["failed", undefined]]);
  });
});

describe("S-56: a password in place of a ticket", () => {
  it("is not answered with a second question", async () => {
    for (const kind of ["ntlm", "malformed", "refused"] as const) {
      const { send, as, notes } = await page({ accept: async () => ({ kind }) });
      const { status, headers } = await send("/", { headers: as("x") });
      expect([status, headers["www-authenticate"]]).toEqual([403, undefined]);
      expect(notes).toEqual([[kind, undefined]]);
    }
  });

  const der = (tag: number, ...parts: readonly Buffer[]): Buffer => {
    const body = Buffer.concat(parts);
    const length =
      body.length < 128 ? Buffer.from([body.length]) : Buffer.from([0x82, body.length >> 8, body.length & 255]);
    return Buffer.concat([Buffer.from([tag]), length, body]);
  };
  const oid = (hex: string) => der(0x06, Buffer.from(hex, "hex"));
  const [SPNEGO, KRB5, MS_KRB5, NTLM] = [
    ...[oid("2b0601050502"), oid("2a864886f712010202"), oid("2a864882f712010202"), oid("2b06010401823702020a")],
  ] as const;
  const init = (mechanisms: readonly Buffer[], token?: Buffer) =>
    der(
      0x60,
      SPNEGO,
      der(0xa0, der(0x30, der(0xa0, der(0x30, ...mechanisms)), ...(token ? [der(0xa2, der(0x04, token))] : []))),
    );
  const text = (value: string) => der(0x1b, Buffer.from(value));
  const numbered = (tag: number) => der(tag, der(0x02, Buffer.from([5])));
  const ticketFor = (...names: readonly string[]) => {
    const sname = der(0xa2, der(0x30, numbered(0xa0), der(0xa1, der(0x30, ...names.map(text)))));
    const sealed = der(0xa3, der(0x30, Buffer.alloc(300, 7)));
    const inside = der(0x61, der(0x30, numbered(0xa0), der(0xa1, text("CORP")), sname, sealed));
    const request = der(0x6e, der(0x30, numbered(0xa0), numbered(0xa1), der(0xa3, inside), sealed));
    return der(0x60, KRB5, Buffer.from([1, 0]), request);
  };
  const ticket = ticketFor("HTTP", NAME);
  const ntlm = Buffer.from("NTLMSSP\0\x01\0\0\0");
  const kindOf = (bytes: Buffer) => negotiated(`Negotiate ${bytes.toString("base64")}`).kind;

  it.each([
    ["a bare Kerberos ticket", ticket, "kerberos"],
    ["SPNEGO that prefers Kerberos", init([KRB5, MS_KRB5, NTLM], ticket), "kerberos"],
    ["SPNEGO as Windows writes it", init([MS_KRB5, KRB5, NTLM], ticket), "kerberos"],
    ["bare NTLM", ntlm, "ntlm"],
    ["SPNEGO that prefers NTLM", init([NTLM, KRB5], ntlm), "ntlm"],
    ["NTLM where Kerberos is announced", init([KRB5, NTLM], ntlm), "ntlm"],
    ["SPNEGO without a token", init([KRB5]), "malformed"],
    ["another mechanism", der(0x60, oid("2b0601050507"), Buffer.alloc(9)), "malformed"],
    ["a ticket of no service", init([KRB5], ticketFor("alice")), "malformed"],
    ["a Kerberos token without a ticket", init([KRB5], der(0x60, KRB5, Buffer.alloc(300, 7))), "malformed"],
    ["cut off", init([KRB5], ticket).subarray(0, 40), "malformed"],
    ["something behind it", Buffer.concat([init([KRB5], ticket), Buffer.from("x")]), "malformed"],
    ["nothing", Buffer.alloc(0), "malformed"],
  ])("%s", (_, bytes, kind) => {
    expect(kindOf(bytes)).toBe(kind);
  });

  it("no other scheme is read, and nothing that is too long", () => {
    expect(negotiated(undefined).kind).toBe("none");
    for (const header of [
      "Basic YTpi",
      "NTLM TlRMTVNTUAABAAAA",
      "Negotiate",
      "Negotiate !",
      `Negotiate ${"A".repeat(70_000)}`,
    ]) {
      expect(negotiated(header).kind).toBe("malformed");
    }
    for (let length = 0; length < 200; length++) kindOf(Buffer.alloc(length, 0xa0)); // throws never
  });

  it("a ticket is accepted once, and only when the library is done with it after one step", async () => {
    let opened = 0;
    const context =
      (username: string, contextComplete = true) =>
      async () => {
        opened += 1;
        return { username, contextComplete, step: async () => "answer" };
      };
    const header = `Negotiate ${init([KRB5], ticket).toString("base64")}`;
    const accept = acceptorOver(NAME, context("alice@CORP.CONTOSO.TEST"));
    expect(await accept(header)).toMatchObject({ kind: "proved", principal: "alice@CORP.CONTOSO.TEST" });
    expect(await accept(header)).toEqual({ kind: "refused" });
    expect(opened).toBe(1);
    for (const other of [
      ticketFor("HTTP", "intranet.corp.contoso.test"),
      ticketFor("host", NAME),
      ticketFor("HTTP", `${NAME}.x`),
    ]) {
      const sent = `Negotiate ${init([KRB5], other).toString("base64")}`;
      expect(await acceptorOver(NAME, context("alice@CORP"))(sent)).toEqual({ kind: "refused" });
    }
    expect(opened).toBe(1);
    for (const odd of [
      "alice",
      "HTTP/web@CORP.CONTOSO.TEST",
      "PC1$@corp",
      "a\\\\@b@CORP",
      "a\\tb@CORP",
      "@CORP",
      "a@b@CORP",
    ]) {
      expect(await acceptorOver(NAME, context(odd))(header), odd).toEqual({ kind: "refused" });
    }
    expect(await acceptorOver(NAME, context("alice@CORP", false))(header)).toEqual({ kind: "refused" });
  });
});

describe("enrolment in the configuration", () => {
  const usual = { name: NAME, keytabFile: "/k", tls: { certificateFile: "/c", keyFile: "/s" } };

  it("takes the name, the keytab and the certificate; the rest has its default", () => {
    expect(v.parse(enrolmentSchema, usual)).toMatchObject({ host: "0.0.0.0", port: 443, denyMembersOf: [] });
    expect(v.is(enrolmentSchema, { name: NAME, keytabFile: "/k", host: "127.0.0.1" })).toBe(true);
  });

  it.each([
    { ...usual, tls: undefined },
    { ...usual, name: "Postern" },
    { ...usual, name: "https://postern.corp.test" },
    { ...usual, keytabFile: "keytab" },
    { ...usual, password: "x" },
    { ...usual, denyMembersOf: ["Admins"] },
  ])("refuses %j", (settings) => {
    expect(v.is(enrolmentSchema, settings)).toBe(false);
  });
});
