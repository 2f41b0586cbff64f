// The synthetic sign-in as a coroutine: which request comes next, and what each answer that is not the right one means.

import { describe, expect, it } from "vitest";
import { HOST, KEYRING, must, NAMES, NOW } from "../../../test/kit/ntlm.ts";
import { parseAuthorization } from "../ntlm/http.ts";
import { issueChallenge } from "../ntlm/sealed-challenge.ts";
import {
  accountOf,
  type ProbeAnswer,
  type ProbeOutcome,
  type ProbeRequest,
  type ProbeStep,
  probeSteps,
} from "./steps.ts";

type Said = { readonly status?: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown };
const answered = ({ status = 200, headers = {}, body = "" }: Said): ProbeAnswer => ({
  ...{ status, body: typeof body === "string" ? body : JSON.stringify(body) },
  header: (name) => headers[name] ?? "",
});
const links = (of: Readonly<Record<string, string>>) => ({
  _links: Object.fromEntries(Object.entries(of).map(([name, href]) => [name, { href }])),
});
const OWN = `https://${HOST}/Autodiscover/AutodiscoverService.svc/root/oauth/user?originalDomain=contoso.test`;
const offer = (href: string, grants = "urn:microsoft.rtc:windows,urn:microsoft.rtc:anonmeeting") => ({
  status: 401,
  headers: { "www-authenticate": `MsRtcOAuth href="${href}",grant_type="${grants}"` },
});

/** The answer of a gateway that works. */
function working({ stage, method, headers }: ProbeRequest): Said {
  switch (stage) {
    case "discovery":
      return { body: links({ self: "https://x/", user: OWN }) };
    case "offer":
      return offer(`https://${HOST}/WebTicket/oauthtoken`);
    case "challenge": {
      const negotiate = must(parseAuthorization(headers.authorization ?? "")).message;
      const challenge = must(issueChallenge({ keyring: KEYRING, host: HOST, now: NOW, names: NAMES, negotiate }));
      return { status: 401, headers: { "www-authenticate": `NTLM ${Buffer.from(challenge).toString("base64")}` } };
    }
    case "sign-in":
      return { body: { access_token: "cwt=AAEB", token_type: "Bearer" } };
    case "own-discovery":
      return { body: links({ applications: `https://${HOST}/ucwa/oauth/v1/applications` }) };
    case "device":
      return method === "POST"
        ? { status: 201, body: links({ self: "/ucwa/oauth/v1/applications/1" }) }
        : { status: 204 };
  }
}

function run(other: Partial<Record<ProbeStep, Said>> = {}, device?: string) {
  const steps = probeSteps({
    ...{ host: "lyncdiscover.contoso.test", account: "CONTOSO\\probe", ntHash: new Uint8Array(16) },
    ...{ device, userAgent: "Postern-Probe", random: (bytes) => new Uint8Array(bytes), now: () => NOW },
  });
  const asked: ProbeRequest[] = [];
  let step = steps.next();
  while (step.done !== true) {
    asked.push(step.value);
    step = steps.next(answered(other[step.value.stage] ?? working(step.value)));
  }
  return { asked, outcome: step.value };
}

describe("a synthetic sign-in", () => {
  it("asks for five things, each where the one before said", () => {
    const { asked, outcome } = run();
    expect(outcome).toEqual({ ok: true, ticket: { kind: "compact" } });
    expect(asked.map(({ stage, method, host, path }) => `${stage}: ${method} ${host}${path}`)).toEqual([
      "discovery: GET lyncdiscover.contoso.test/Autodiscover/AutodiscoverService.svc/root",
      `offer: GET ${OWN.slice("https://".length)}`,
      `challenge: POST ${HOST}/WebTicket/oauthtoken`,
      `sign-in: POST ${HOST}/WebTicket/oauthtoken`,
      `own-discovery: GET ${OWN.slice("https://".length)}`,
    ]);
    expect(asked.at(-1)?.headers.authorization).toBe("Bearer cwt=AAEB");
    expect(asked.map(({ headers }) => headers["user-agent"])).toEqual(asked.map(() => "Postern-Probe"));
  });

  const other = (at: ProbeStep, reason: string, said: Said, status?: number) =>
    [at, reason, said, { ok: false, at, reason, ...(status && { status }) } as ProbeOutcome] as const;
  it.each([
    other("discovery", "status", { status: 404 }, 404),
    other("discovery", "unavailable", { status: 502 }, 502),
    other("discovery", "no-links", { body: "<html>" }),
    other("discovery", "no-links", { body: { _links: { user: { href: 7 } } } }),
    other("discovery", "no-links", { body: links({ user: "http://web.contoso.test/" }) }),
    other("offer", "status", { status: 200 }, 200),
    other("offer", "no-grant", { status: 401 }),
    other("offer", "no-grant", offer(`https://${HOST}/WebTicket/oauthtoken`, "urn:microsoft.rtc:passive")),
    other("offer", "no-grant", offer(`http://${HOST}/WebTicket/oauthtoken`)),
    other("offer", "link-elsewhere", offer("https://elsewhere.test/WebTicket/oauthtoken")),
    other("challenge", "status", { status: 403 }, 403),
    other("challenge", "unavailable", { status: 429 }, 429),
    other("challenge", "no-challenge", { status: 401, headers: { "www-authenticate": "NTLM" } }),
    other("challenge", "no-challenge", { status: 401, headers: { "www-authenticate": "NTLM AAAA" } }),
    other("challenge", "bad-challenge", {
      status: 401,
      headers: { "www-authenticate": "NTLM TlRMTVNTUAACAAAAAAAAADgAAAA=" },
    }),
    other("sign-in", "refused", { status: 401 }, 401),
    other("sign-in", "unavailable", { status: 503 }, 503),
    other("sign-in", "no-ticket", { body: { access_token: "cwt=a\r\nb" } }),
    other("sign-in", "no-ticket", { body: "{" }),
    other("own-discovery", "ticket-refused", { status: 403 }, 403),
    other("own-discovery", "no-applications", { body: links({ redirect: "https://other/" }) }),
  ])("at %s: %s", (at, _, said, outcome) => {
    const result = run({ [at]: said });
    expect(result.outcome).toEqual(outcome);
    expect(result.asked.at(-1)?.stage).toBe(at);
  });

  it("names its device and ends what that started, where it has one", () => {
    const { asked, outcome } = run({}, "endpoint-of-the-probe");
    expect(outcome).toMatchObject({ ok: true });
    const [created, ended] = asked.slice(-2);
    expect(created).toMatchObject({ method: "POST", path: "/ucwa/oauth/v1/applications" });
    expect(JSON.parse(created?.body ?? "")).toMatchObject({ EndpointId: "endpoint-of-the-probe" });
    expect(ended).toMatchObject({ method: "DELETE", path: "/ucwa/oauth/v1/applications/1" });
  });

  it.each<[string, Said, number?]>([
    ["device-refused", { status: 403 }, 403],
    ["unavailable", { status: 503 }, 503],
    ["status", { status: 409 }, 409],
    ["no-links", { status: 201, body: {} }],
    ["no-links", { status: 201, body: links({ self: "https://elsewhere.test/1" }) }],
  ])("at device: %s", (reason, said, status) => {
    expect(run({ device: said }, "d").outcome).toEqual({ ok: false, at: "device", reason, ...(status && { status }) });
  });

  it("reads an account with its domain, or a UPN whole", () => {
    expect(accountOf("CONTOSO\\probe")).toEqual({ user: "probe", domain: "CONTOSO" });
    expect(accountOf("probe@contoso.com")).toEqual({ user: "probe@contoso.com", domain: "" });
  });
});
