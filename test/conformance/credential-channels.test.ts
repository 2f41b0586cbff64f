// Every channel that carries a credential ends at the edge. Two channels carry a password as it was typed. They accept
// only app passwords, and give the same answer for every other password. Credentials in headers are in
// credential-headers.test.ts.

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { sipeSecurity } from "../../simulator/sipe-client.ts";
import type { TestRequest } from "../../simulator/test-client.ts";
import { PATIENCE } from "../kit/patience.ts";
import { phoneOf, startApplication } from "./support/devices.ts";
import { type Person, startTestGateway, type TestGateway } from "./support/gateway.ts";
import { signIn } from "./support/ntlm.ts";
import { operator } from "./support/operator.ts";
import {
  authRequest,
  PASSWORD_CHANNELS,
  PASSWORD_GRANT,
  type PasswordChannel,
  USERNAME_TOKEN,
  usernameToken,
} from "./support/passwords.ts";
import { asBearer, asCompact, asProof } from "./support/presenting.ts";
import { DIRECTORY_PASSWORD, expectNoSecretOf, WRONG_PASSWORD } from "./support/secrets.ts";
import { shapeOf } from "./support/shape.ts";
import { assertionIn, grantRequest, tokenRequest, WINDOWS_GRANT } from "./support/tickets.ts";

const newcomer = (account: string) => ({
  sipUri: `sip:${account}@contoso.test`,
  upn: `${account}@contoso.test`,
  domain: "CONTOSO",
  account,
});
let gateway: TestGateway;
let dora: Person;
/** Every answer of the gateway in this file, head and body. */
const answers: string[] = [];

beforeAll(async () => {
  const started = await startTestGateway({ moreUsers: [newcomer("dora")] });
  gateway = {
    ...started,
    send: async (request) => {
      const answer = await started.send(request);
      answers.push(`${JSON.stringify(answer.headers)}\n${answer.text}`);
      return answer;
    },
  };
  [dora = gateway.bob] = gateway.others;
  await operator(gateway, "user", "disable", dora.sipUri);
});
afterAll(() => gateway?.stop());

const expectNoSecret = (where: string, text: string): void =>
  expectNoSecretOf([gateway.alice, gateway.bob, dora], where, text);

/** Does `act`, and checks that nothing of it reaches the Front-End. */
async function atTheEdge(act: () => Promise<unknown>): Promise<void> {
  const ledger = await gateway.arrivals(act);
  expect([ledger.requests, ledger.signOns, ledger.directoryPasswordAttempts]).toEqual([[], [], []]);
}

describe.each(PASSWORD_CHANNELS)("$name", (channel) => {
  const { request, ticketIn, askedAt } = channel;

  it("S-18, S-19: takes an app password, however it is spelt, and signs on without it", async () => {
    const { alice } = gateway;
    const spellings = [alice.password, alice.password.replaceAll("-", ""), alice.password.replaceAll("-", " ")];
    const ledger = await gateway.arrivals(async () => {
      for (const password of spellings) {
        const answer = await gateway.send(request("CONTOSO\\alice", password));
        expect([answer.status, answer.lines("www-authenticate")]).toEqual([200, []]);
      }
    });
    expect(ledger.signOns.map(({ user }) => user)).toEqual(spellings.map(() => alice.sipUri));
    expect(ledger.requests.map(({ method, path }) => [method, path])).toEqual(spellings.map(() => ["POST", askedAt]));
    expect(ledger.directoryPasswordAttempts).toEqual([]);
    expectNoSecret("the ledger", JSON.stringify(ledger));
  });

  it.each([
    "alice@contoso.test",
    "CONTOSO\\alice",
    "contoso/Alice",
    "sip:alice@contoso.test",
    "ALICE",
    "ａｌｉｃｅ@contoso.test",
  ])("S-10: %s is alice, and her ticket opens what her others do", async (name) => {
    const answer = await gateway.send(request(name, gateway.alice.password));
    expect(answer.status).toBe(200);
    const ticket = ticketIn(answer);
    await startApplication(gateway, ticket, phoneOf(gateway.alice));
    const ledger = await gateway.arrivals(async () => {
      for (const opened of [asCompact(ticket), asCompact(ticket, "/abs/handler"), asBearer(ticket)]) {
        expect((await gateway.send(opened)).status).toBe(200);
      }
    });
    expect(ledger.requests.map(({ identity }) => identity)).toEqual(Array(3).fill("sip:alice@contoso.test"));
    expect(ledger.unknownTickets).toEqual([]);
  });

  it("S-16: takes nothing from the query, and sends none on", async () => {
    const { alice } = gateway;
    const query = `?${new URLSearchParams({ username: alice.upn, password: WRONG_PASSWORD })}`;
    const good = request(alice.upn, alice.password);
    const ledger = await gateway.arrivals(async () => {
      expect((await gateway.send({ ...good, path: good.path + query })).status).toBe(200);
    });
    expect(ledger.requests.map(({ path }) => path)).toEqual([askedAt]);
  });

  it("S-22: says the same of everything that is no user's app password", async () => {
    const { alice, bob } = gateway;
    const wrong = shapeOf(await gateway.send(request(alice.upn, WRONG_PASSWORD)));
    const others: readonly (readonly [name: string, password: string])[] = [
      ["mallory@contoso.test", WRONG_PASSWORD],
      ["mallory@contoso.test", alice.password],
      ["FABRIKAM\\alice", alice.password],
      [alice.upn, bob.password],
      [alice.upn, alice.password.toUpperCase()],
      [alice.upn, `${alice.password}x`],
      [alice.upn, DIRECTORY_PASSWORD],
      [`CONTOSO\\${alice.account}`, DIRECTORY_PASSWORD],
      [alice.upn, ""],
      [alice.upn, "p".repeat(257)],
      [alice.upn, "p".repeat(8_000)],
      [dora.upn, dora.password],
      [dora.upn, WRONG_PASSWORD],
      ["", alice.password],
      ["", ""],
      ["a@b@c", alice.password],
      ["alice\0@contoso.test", alice.password],
      ["a".repeat(257), alice.password],
      [alice.password, alice.password],
    ];
    await atTheEdge(async () => {
      for (const [name, password] of others) {
        const answer = await gateway.send(request(name, password));
        expect(shapeOf(answer), JSON.stringify(name.slice(0, 40))).toEqual(wrong);
      }
    });
  });

  it("S-22: says it too when the credentials cannot be read", async () => {
    const wrong = shapeOf(await gateway.send(request(gateway.alice.upn, WRONG_PASSWORD)));
    await atTheEdge(async () => {
      for (const unreadable of unreadableOf(channel)) expect(shapeOf(await gateway.send(unreadable))).toEqual(wrong);
    });
  });

  it("S-25: feeds the counters of every channel", async () => {
    const { bob } = gateway;
    const wrong = new Map(
      await Promise.all(
        PASSWORD_CHANNELS.map(async (each) => {
          const answer = await gateway.send(each.request(bob.upn, WRONG_PASSWORD));
          return [each, shapeOf(answer)] as const;
        }),
      ),
    );
    const from = sourceOf(channel === PASSWORD_GRANT ? "198.51.100.7" : "198.51.100.8");
    for (let n = 0; n < GUESSES; n++) await from(request(bob.upn, `${WRONG_PASSWORD}-${n}`));
    await atTheEdge(async () => {
      for (const [each, shape] of wrong) {
        expect(shapeOf(await from(each.request(bob.upn, bob.password)))).toEqual(shape);
      }
      expect((await signIn({ send: from }, WINDOWS_GRANT, bob)).status).toBe(401);
    });
    expect((await gateway.send(request(bob.upn, bob.password))).status).toBe(200); // from any other network
  });

  it("S-25: is held to what was guessed by NTLM", async () => {
    const { bob } = gateway;
    const from = sourceOf(channel === PASSWORD_GRANT ? "198.51.100.17" : "198.51.100.18");
    for (let n = 0; n < GUESSES; n++)
      await signIn({ send: from }, WINDOWS_GRANT, bob, { password: `${WRONG_PASSWORD}-${n}` });
    const wrong = shapeOf(await gateway.send(request(bob.upn, WRONG_PASSWORD)));
    await atTheEdge(async () => {
      expect(shapeOf(await from(request(bob.upn, bob.password)))).toEqual(wrong);
    });
  });
});

/** More wrong attempts than a stranger may make before having to wait. */
const GUESSES = 12;

/** Sends from one address. */
const sourceOf = (address: string) => (request: TestRequest) =>
  gateway.send({ ...request, headers: { ...request.headers, "cf-connecting-ip": address } });

/** Requests that look like the channel's own, but have no name and password, or more than one. */
function unreadableOf(channel: PasswordChannel): readonly TestRequest[] {
  const { alice } = gateway;
  const name = Buffer.from(alice.upn).toString("base64");
  const password = Buffer.from(alice.password).toString("base64");
  const good = channel.request(alice.upn, alice.password);
  if (channel === PASSWORD_GRANT) {
    const fields = `username=${alice.upn}&password=${alice.password}`;
    return [
      "",
      `username=${alice.upn}`,
      `password=${alice.password}`,
      `${fields}&username=x`,
      `${fields}&password=x`,
    ].map((rest) => grantRequest(`grant_type=password&${rest}`));
  }
  const token = usernameToken(name, password);
  return [
    ...[
      "",
      usernameToken("alice@contoso.test", password),
      usernameToken(name, alice.password),
      usernameToken(name, "/w=="),
      token + token,
      token.replace(/<wsse:Username>.*<\/wsse:Username>/, ""),
      token.replace(/(<wsse:Password.*<\/wsse:Password>)/, "$1$1"),
      `<wsse:Deeper>${token}</wsse:Deeper>`,
    ].map((security) => authRequest(security)),
    { ...good, body: good.body.replace(/<soap:Body>.*<\/soap:Body>/, "<soap:Body/>") },
    { ...good, body: good.body.replace(/user-cwt-1/, "user-cwt-9") },
    { ...good, body: good.body.replace(/^<\?xml[^>]*>/, "<!DOCTYPE x>") },
    { ...good, body: `username=${alice.upn}&password=${alice.password}` },
    { ...good, body: "" },
  ];
}

describe("the password grant's refusal", () => {
  it("is the service's own", async () => {
    const answer = await gateway.send(PASSWORD_GRANT.request(gateway.alice.upn, WRONG_PASSWORD));
    expect([answer.status, JSON.parse(answer.text)]).toEqual([400, { error: "invalid_grant" }]);
    expect(answer.lines("x-ms-diagnostics")).toEqual(['28020;reason="No valid security token."']);
    expect(answer.lines("www-authenticate")).toEqual([]);
  });
});

describe("/Auth", () => {
  const token = ({ upn, password } = gateway.alice) => {
    return usernameToken(Buffer.from(upn).toString("base64"), Buffer.from(password).toString("base64"));
  };

  it("refuses in the service's own words", async () => {
    const answer = await gateway.send(USERNAME_TOKEN.request(gateway.alice.upn, WRONG_PASSWORD));
    expect([answer.status, answer.headers["content-type"]]).toEqual([500, "text/xml; charset=utf-8"]);
    expect(answer.text).toContain(">wsse:FailedAuthentication</faultcode>");
    expect(answer.text).toContain("<ErrorId>28020</ErrorId><Reason>No valid security token.</Reason>");
    expect(answer.lines("www-authenticate")).toEqual([]);
  });

  it("echoes the client's Context", async () => {
    const answer = await gateway.send(authRequest(token()));
    expect(answer.text).toContain('<wst:RequestSecurityTokenResponse Context="6b29fc40-ca47-1067-b31d-00dd010662da">');
  });

  it("issues a SAML ticket whose holder can prove it", async () => {
    const { alice } = gateway.atDesk;
    const entropy = new Uint8Array(32).fill(7);
    const { status, text } = await gateway.send(
      authRequest(token(alice), { tokenType: "saml", sipUri: alice.sipUri, entropy }),
    );
    expect(status).toBe(200);
    const ticket = { assertion: assertionIn(text), response: text, entropy };
    expect(sipeSecurity(text, entropy)).toContain("<SignatureValue>");
    const ledger = await gateway.arrivals(async () => {
      expect((await gateway.send(asProof(ticket))).status).toBe(200);
    });
    expect(ledger.certificates.map(({ user }) => user)).toEqual([alice.sipUri]);
  });

  it.each(["sip:bob@contoso.test", "sip:alice@fabrikam.test", "alice", ""])(
    "the claim %j is not alice's: a fault, and nothing is forwarded",
    async (sipUri) => {
      await atTheEdge(async () => {
        const answer = await gateway.send(authRequest(token(), { sipUri }));
        expect(answer.status).toBe(500);
        expect(answer.text).toContain("does not match SIP URI associated with presented credentials");
        expect(answer.text).not.toContain("cwt=");
      });
    },
  );
});

describe("S-39: a right password that opened nothing", () => {
  /** Does `act`, and expects exactly one line of the audit with these fields, as the console prints them. */
  async function audited(fields: Readonly<Record<string, string>>, act: () => Promise<unknown>): Promise<void> {
    const before = gateway.log.length;
    await act();
    const lines = await vi.waitFor(() => {
      const found = gateway.log.slice(before).filter((line) => line.includes('"event":"sign-in"'));
      if (found.length === 0) throw new Error("nothing is in the audit");
      return found;
    }, PATIENCE);
    expect(lines).toHaveLength(1);
    for (const [name, value] of Object.entries(fields)) expect(lines[0]).toContain(`"${name}":"${value}"`);
  }

  const refused = { outcome: "refused", user: "sip:alice@contoso.test" };

  it("is in the audit, with the address of another claimed", async () => {
    const { alice, bob } = gateway;
    const [name = "", password = ""] = [alice.upn, alice.password].map((text) => Buffer.from(text).toString("base64"));
    const event = { ...refused, reason: "address-of-another" };
    const claim = authRequest(usernameToken(name, password), { sipUri: bob.sipUri });
    await audited({ ...event, channel: "username-token" }, () => gateway.send(claim));
    await audited({ ...event, channel: "ntlm" }, () => signIn(gateway, tokenRequest("cwt", bob.sipUri), alice));
  });

  it.each([
    ["a form of another grant", () => grantRequest("grant_type=password&username=x&password=y")],
    ["a body that is no request", () => ({ ...tokenRequest("cwt", gateway.alice.sipUri), body: "<x/>" })],
  ])("is in the audit, with %s behind a handshake", async (_, request) => {
    const event = { ...refused, reason: "not-a-token-request", channel: "ntlm" };
    await audited(event, () => signIn(gateway, request(), gateway.alice));
  });
});

describe("S-16: after all this", () => {
  it("no password, right or wrong, and no hash is in an answer or in the log", () => {
    expect(answers.length).toBeGreaterThan(80);
    expect(gateway.log.length).toBeGreaterThan(40);
    expect(() => expectNoSecret("a test", `x${Buffer.from(WRONG_PASSWORD).toString("base64")}x`)).toThrow("a test");
    expectNoSecret("an answer", answers.join("\n"));
    expectNoSecret("the log", gateway.log.join("\n"));
  });
});
