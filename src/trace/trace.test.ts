// The trace of a refusal: which words there are, how much of a path is written, and that a stranger fills neither the
// log nor the memory.

import { describe, expect, it } from "vitest";
import { LINES_OF_A_NETWORK, LINES_OF_A_REASON, LineLimit } from "./line-limit.ts";
import { loggedPath } from "./logged-path.ts";
import { explanationOf, REFUSAL_GROUPS } from "./reasons.ts";

describe("a reason", () => {
  const groups = Object.entries(REFUSAL_GROUPS).flatMap(([group, reasons]) =>
    Object.entries(reasons).map(([reason, texts]) => ({ group, reason, texts })),
  );

  it("is a word, with a sentence for what it means and one for what to do", () => {
    for (const { reason, texts } of groups) {
      expect(reason).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      expect(texts, reason).toHaveLength(2);
      for (const text of texts) expect(text, reason).toMatch(/^([A-Z]|docs\/).{5,}\.$/);
      expect(explanationOf(reason)).toEqual({ means: texts[0], remedy: texts[1] });
    }
  });

  it("is in one group only, and what is no reason has no explanation", () => {
    const words = groups.map(({ reason }) => reason);
    expect(new Set(words).size).toBe(words.length);
    for (const word of ["", "toString", "constructor", "__proto__", "wrong-proof"]) {
      expect(explanationOf(word)).toBeUndefined();
    }
  });
});

describe("S-16: the path in the log", () => {
  const WEB = "https://web.contoso.test";

  it.each([
    ["/", "/"],
    ["/no-such-page?token=abc", "/no-such-page"],
    ["/RequestHandlerExt/ucdevice.upx", "/RequestHandlerExt/ucdevice.upx"],
    ["/CertProv/CertProvisioningService.svc/mex", "/CertProv/CertProvisioningService.svc/mex"],
    ["/ucwa/oauth/v1/applications/103456789/batch", "/ucwa/oauth/v1/applications/*/batch"],
    ["/ucwa/v1/applications/1/people/alice@contoso.test/photo", "/ucwa/v1/applications/*/people/*/photo"],
    ["/meet/alice/ABC123", "/meet/*/*"],
    ["/meet/alice/abcdefgh", "/meet/*/*"],
    ["/contoso.test/meet/alice/ABCDEFGH", "/contoso.test/meet/*/*"],
    ["/dialin/Conference.aspx/secret", "/dialin/*/*"],
    ["/alice/QWERTZUI", "/alice/*"],
    ["/(S(lit3py55t21z5v55vlm25s55))/abs/x", "/*/abs/x"],
    ["/cwt=AAEBHAEFAAAAAAAFFQAAAAMbOjc/x", "/*/x"],
    ["/abs//x/../y/.", "/abs//x/../y/."],
    ["/a%2fb/%", "/*/*"],
    ["/\\evil", "/*"],
    ["/qhdjwkqhdkjwqhdkjqwhd", "/*"],
    ["/owa/auth/logon.aspx", "/owa/auth/logon.aspx"],
    ["/.env", "/.env"],
    ["/wp-login.php", "/wp-login.php"],
  ])("%s is written as %s", (path, written) => {
    expect(loggedPath(WEB + path, false)).toBe(written);
  });

  it("of a host for meetings has neither organiser nor key, and the names of the table as they are", () => {
    expect(loggedPath("https://meet.contoso.test/alice/abcdefgh?x", true)).toBe("/*/*");
    expect(loggedPath("https://meet.contoso.test/WebTicket/WebTicketService.svc", true)).toBe(
      "/WebTicket/WebTicketService.svc",
    );
  });

  it("S-44: is short, however long and deep the client made it", () => {
    expect(loggedPath(`${WEB}${"/a".repeat(2_000)}`, false)).toBe("/*/*/*/*/*/*/*/*/*/*/*/…".replaceAll("*", "a"));
    expect(loggedPath(`${WEB}/${"a".repeat(100_000)}`, false)).toBe("/*");
    expect(loggedPath(`${WEB}${`/${"abcdefghi.".repeat(3)}txt`.repeat(11)}`, false).length).toBeLessThanOrEqual(200);
    expect(loggedPath("*", false)).toBe("");
  });
});

describe("S-44: lines of refused requests", () => {
  const MINUTE = 60_000;
  const admitted = (limit: LineLimit, times: number, network: string, reason: string, now: number): number => {
    let lines = 0;
    for (let i = 0; i < times; i++) if (limit.admit(network, reason, now).written) lines++;
    return lines;
  };

  it("a network has so many a minute for each reason, and the next line says how many were left out", () => {
    const limit = new LineLimit();
    expect(admitted(limit, 500, "192.0.2.1", "not-published", 0)).toBe(LINES_OF_A_NETWORK);
    expect(admitted(limit, 1, "192.0.2.1", "row-closed", 0)).toBe(1);
    expect(admitted(limit, 1, "192.0.2.2", "not-published", 0)).toBe(1);
    expect(limit.admit("192.0.2.1", "not-published", MINUTE)).toEqual({
      written: true,
      leftOut: 500 - LINES_OF_A_NETWORK,
    });
    expect(limit.admit("192.0.2.1", "not-published", MINUTE)).toEqual({ written: true, leftOut: 0 });
  });

  it("a hundred thousand networks have together what one reason has, hold up no other reason, and fill no memory", () => {
    const limit = new LineLimit();
    let lines = 0;
    for (let i = 0; i < 100_000; i++) {
      if (
        limit.admit(`2001:db8:${(i >> 16).toString(16)}:${(i & 0xffff).toString(16)}::/64`, "not-published", 0).written
      )
        lines++;
    }
    expect(lines).toBe(LINES_OF_A_REASON);
    expect(limit.admit("192.0.2.9", "not-published", 0).written).toBe(false);
    expect(limit.admit("192.0.2.9", "row-closed", 0).written).toBe(true);
    expect(limit.admit("192.0.2.8", "not-published", MINUTE).written).toBe(true);
    expect(limit.bytes).toBeLessThanOrEqual(256 * 1024);
  });
});
