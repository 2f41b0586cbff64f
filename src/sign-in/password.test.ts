import { describe, expect, it } from "vitest";
import type { Config } from "../config/config.ts";
import type { Env } from "../config/env.ts";
import { generateAppPassword, ntHashesOf } from "../core/credentials/app-password.ts";
import { canonicalTarget } from "../core/http/canonical.ts";
import { ntHash } from "../core/ntlm/responses.ts";
import type { Exchange } from "../http/exchange.ts";
import { Stages } from "../http/stages.ts";
import { oauthTokenService } from "./oauth-token-service.ts";
import { MAX_PASSWORD_LENGTH, passwordClaim } from "./password.ts";
import { usernameTokenService } from "./web-ticket-service.ts";

const claim = (name: string, password: string) => passwordClaim("password-grant", { name, password }, "CONTOSO");

describe("what a password claims", () => {
  it("is the stored hash, however an app password is spelt", () => {
    const password = generateAppPassword();
    const [stored] = ntHashesOf(password);
    const compact = password.replaceAll("-", "");
    for (const spelling of [password, compact, password.replaceAll("-", " "), ` ${compact}\n`]) {
      expect(claim("alice", spelling).evidence).toEqual({ kind: "password", ntHash: stored });
    }
  });

  it.each(["", "Winter2026", "aaaa-bbbb", "p".repeat(MAX_PASSWORD_LENGTH)])(
    "is the hash of %j as it was typed",
    (text) => {
      expect(claim("alice", text).evidence).toEqual({ kind: "password", ntHash: ntHash(text) });
    },
  );

  it("is nothing when it is too long to be anybody's", () => {
    const evidence = { kind: "nothing", reason: "password-too-long" };
    expect(claim("alice", "p".repeat(MAX_PASSWORD_LENGTH + 1)).evidence).toEqual(evidence);
  });

  it.each([
    ["CONTOSO\\Alice", "contoso\\alice"],
    ["alice", "contoso\\alice"],
    ["Alice@contoso.test", "alice@contoso.test"],
    ["sip:alice@contoso.test", "alice@contoso.test"],
  ])("S-10: %s has the key that NTLM gives it", (name, key) => {
    expect(claim(name, "x")).toMatchObject({
      name: { ok: true, value: key },
      workstation: "",
      channel: "password-grant",
    });
  });

  it.each([
    ["", "empty"],
    ["a".repeat(257), "too-long"],
    ["ali\0ce", "control-character"],
    ["a@b@c", "malformed"],
  ])("the name %j is a fault, and the password is hashed all the same", (name, reason) => {
    expect(claim(name, "x")).toMatchObject({ name: { ok: false, reason }, evidence: { kind: "password" } });
  });
});

describe("S-22: what cannot be read", () => {
  const FLOOR_MS = 60;

  /** An exchange without guards and without a directory, so nothing can be asked. */
  function exchangeOf(path: string, body: string): Exchange {
    const url = `https://web.contoso.test${path}`;
    const target = canonicalTarget(url);
    if (!target.ok) throw new Error(target.reason);
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const request = new Request(url, { method: "POST", headers, body });
    const config: Partial<Config> = { refusalFloorMs: FLOOR_MS };
    const now = Date.now();
    return { request, target: target.value, env: {} as Env, config: config as Config, now, stages: new Stages(now) };
  }

  it.each([
    [oauthTokenService, "/WebTicket/oauthtoken", "grant_type=password&username=alice", 400],
    [usernameTokenService, "/WebTicket/WebTicketService.svc/Auth", "<a/>", 500],
  ])("is held back as long as what was tried", async (service, path, body, status) => {
    const exchange = exchangeOf(path, body);
    const answer = await service(exchange, 65_536);
    expect(answer.status).toBe(status);
    expect(Date.now() - exchange.now).toBeGreaterThanOrEqual(FLOOR_MS - 1);
  });
});
