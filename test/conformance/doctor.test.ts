// `postern doctor` against gateways that are broken, each in one way, and against one that is right. A zone of the
// tests' own stands before the started gateway, with TLS and HTTP/2.

import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Inside, insideOf } from "../../cli/doctor/inside.ts";
import { type Plan, planOf } from "../../cli/doctor/plan.ts";
import { apiOf } from "../../cli/reach/api.ts";
import { chosenTarget } from "../../cli/reach/choose.ts";
import { parseAuthenticate, parseNtlmV2Response } from "../../src/core/ntlm/authenticate.ts";
import { AV_DNS_TREE_NAME } from "../../src/core/ntlm/constants.ts";
import { SIGN_IN } from "../kit/doctor/broken-handshake.ts";
import { NAMES } from "../kit/doctor/broken-hosts.ts";
import { TRANSLATION } from "../kit/doctor/broken-translation.ts";
import { ZONE } from "../kit/doctor/broken-zone.ts";
import { testAuthority } from "../kit/doctor/certificates.ts";
import { EXPOSED, HARMLESS } from "../kit/doctor/exposed-servers.ts";
import { examined, type World } from "../kit/doctor/organisation.ts";
import { page, type ZoneRequest } from "../kit/doctor/zone.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";

let gateway: TestGateway;
let inside: Inside;
let plan: Plan;

beforeAll(async () => {
  gateway = await startTestGateway();
  inside = await insideOf(apiOf(chosenTarget({ env: { HOME: gateway.home }, state: gateway.home }, "local")), Date.now);
  const nothing = { domains: [], hosts: [], extra: [], internal: [], oldAddress: undefined, workersDev: undefined };
  if ("message" in inside.settings) throw inside.settings;
  plan = planOf(nothing, inside.settings);
});
afterAll(() => gateway?.stop());

const look = (world: World, ...only: string[]) => examined(world, plan, gateway.gateway, only);

describe("a right gateway in the internet", () => {
  it("S-71: has no finding but what is true of it", async () => {
    const { all, findings } = await look({ inside });
    expect(findings.map(({ check, about }) => `${check} ${about}`)).toEqual([
      "health plain-http",
      "health no-administrator",
    ]);
    const unseen = all.flatMap(({ check, outcome }) => (outcome.kind === "unseen" ? [check.id] : []));
    expect(unseen).toEqual([
      "token-service",
      "workers-dev",
      "sign-in",
      "poll",
      "sip-edge",
      "exchange",
      "adfs",
      "old-proxy",
    ]);
    const said = Object.fromEntries(all.map(({ check, outcome }) => [check.id, outcome]));
    expect(said).toMatchObject({
      http2: { kind: "ok", note: expect.stringContaining("offers HTTP/2") },
      "wrong-password": { kind: "ok", note: expect.stringContaining("audit: unknown-user") },
    });
  });

  it.each(HARMLESS)("has no finding where there is $is", async ({ check, world }) => {
    const { all, findings } = await look(world, check);
    expect(findings).toEqual([]);
    expect(all.map(({ outcome }) => outcome.kind)).toEqual(["ok"]);
  });
});

describe.each([
  ["names", NAMES],
  ["translation", TRANSLATION],
  ["sign-in", SIGN_IN],
  ["zone", ZONE],
  ["exposed", EXPOSED],
] as const)("broken: %s", (_, broken) => {
  it.each(broken)("$is, and the fix", async ({ check, says, fix, world }) => {
    // What others saw is what the check of leaks looks at.
    const { findings } = await look(world, ...(check === "leaks" ? ["links", "leaks"] : [check]));
    const found = findings.filter((finding) => finding.check === check);
    expect(found.map(({ what }) => what)).toContainEqual(expect.stringMatching(says));
    const [one] = found.filter(({ what }) => says.test(what));
    expect([one?.fix, one?.why]).toEqual([expect.stringMatching(fix), expect.stringMatching(/^[A-Z].{10}/)]);
  });
});

it("the old proxy still answers", async () => {
  const { findings } = await look({ plan: { oldAddress: "127.0.0.1" } }, "old-proxy");
  expect(findings.map(({ what, fix }) => [what, fix])).toContainEqual([
    expect.stringMatching(/still serves web\.contoso\.test: 401, NTLM/),
    expect.stringMatching(/firewall/),
  ]);
});

it("S-71: asks what stays exposed once for each address, without credentials", async () => {
  const asked: string[] = [];
  const note = ({ host, path, method, headers }: ZoneRequest) => {
    asked.push(`${method} ${host}${path}${headers.authorization === undefined ? "" : " with credentials"}`);
    return page(401, "", { "www-authenticate": "NTLM" });
  };
  const others = { "mail.contoso.test": note, "adfs.contoso.test": note };
  const { findings } = await look({ others, plan: { extra: ["mail.contoso.test"] } }, "exchange", "adfs");
  expect(findings.length).toBeGreaterThan(10);
  expect(asked.filter((each) => each.endsWith("with credentials"))).toEqual([]);
  expect(asked.length).toBe(new Set(asked).size);
});

describe("a sign-in", () => {
  const usual = getCACertificates("default");
  beforeAll(() => setDefaultCACertificates([...usual, testAuthority]));
  afterAll(() => setDefaultCACertificates(usual));
  const account = (password: string) => ({ account: "CONTOSO\\alice", password });

  it("goes through the zone", async () => {
    const { all } = await look({ fixed: true, account: account(gateway.alice.password) }, "sign-in");
    expect(all.map(({ outcome }) => outcome)).toEqual([
      { kind: "ok", note: expect.stringMatching(/^signed in within \d+ ms; the sealed text/) },
    ]);
  });

  it("tells a wrong password by the audit", async () => {
    const { findings } = await look({ fixed: true, inside, account: account("wrong") }, "sign-in");
    expect(findings.map(({ what, fix }) => [what, fix])).toEqual([
      [
        "the sign-in ends at the answer to the challenge: refused, 401, audit: wrong-proof",
        expect.stringMatching(/app password.*why --request/),
      ],
    ]);
  });

  it("S-4: tells by the audit that the sealed text did not come back whole", async () => {
    const { findings } = await look(
      {
        ...{ fixed: true, inside, account: account(gateway.alice.password) },
        zone: {
          before: (request) => {
            const [, text = ""] = /^NTLM (\S+)$/.exec(request.headers.authorization ?? "") ?? [];
            return Buffer.from(text, "base64")[8] === 3
              ? { ...request, headers: { ...request.headers, authorization: `NTLM ${spoilt(text)}` } }
              : undefined;
          },
        },
      },
      "sign-in",
    );
    expect(findings.map(({ what }) => what)).toEqual([
      expect.stringMatching(/does not come back as it was sent \(audit: challenge-/),
    ]);
  });
});

/** The message with another character in the sealed text. */
function spoilt(text: string): string {
  const message = new Uint8Array(Buffer.from(text, "base64"));
  const parsed = parseAuthenticate(message);
  const response = parsed.ok ? parseNtlmV2Response(parsed.value.ntResponse) : parsed;
  const sealed = response.ok ? response.value.avPairs.find(({ id }) => id === AV_DNS_TREE_NAME)?.value : undefined;
  sealed?.set([sealed[40] === 0x41 ? 0x42 : 0x41], 40);
  return Buffer.from(message).toString("base64");
}
