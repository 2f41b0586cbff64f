// Repeats what the public tools against Lync send: enumeration, lock mode, spraying, brute force over the directories,
// probing for names. Each attack has to learn nothing, lock nobody out, and leave nothing at the Front-End. During the
// attack the owner signs in, from a known place and from a new one. The suite runs with the simulated sign-on and with
// a real directory.

import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { TestRequest, TestResponse } from "../../../simulator/test-client.ts";
import { parseChallenge } from "../../../src/core/ntlm/challenge.ts";
import { clientNegotiate, PROFILES } from "../../kit/ntlm-client.ts";
import type { TestGateway } from "./gateway.ts";
import { authorization, challengeIn, signIn, withAuthorization } from "./ntlm.ts";
import { operator } from "./operator.ts";
import { PASSWORD_GRANT, USERNAME_TOKEN } from "./passwords.ts";
import { inParallel } from "./raw-http.ts";
import { type Shape, shapeOf } from "./shape.ts";
import { WINDOWS_GRANT } from "./tickets.ts";

const OWNERS_NETWORK = "198.51.100.1";
const ATTACKER = "203.0.113.66";
/** The constant that older tools send as the Context of every request. */
const TOOLS_CONTEXT = "ec86f904-154f-0597-3dee-59eb1b51e731";

/** Directories that the tools try for NTLM, one after the other. */
const DIRECTORIES =
  "abs Autodiscover CertProv CollabContent cscp dialin DataCollabWeb GroupExpansion HybridConfig mcx meet PassiveAuth PersistentChat PhoneConferencing Reach/sip.svc RequestHandlerExt RgsClients scheduler Ucwa WebTicket WebTicket/WebTicketService.svc".split(
    " ",
  );

const NAMES = ["alice", "bob", "nobody", "administrator", "svc-backup", "a.smith"];

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

const from = <R extends TestRequest>(address: string, request: R): R => ({
  ...request,
  headers: { ...request.headers, "cf-connecting-ip": address },
});

/** Declares the attacks on alice, at a gateway that the caller starts and ends. */
export function declareAttacks(gateway: () => TestGateway): void {
  beforeAll(() => owner(OWNERS_NETWORK)); // from now on familiar
  beforeEach(async () => {
    await operator(gateway(), "lock", "clear", "alice@contoso.test");
    await operator(gateway(), "lock", "clear", ATTACKER);
  });

  /** The owner signs in with the right password. */
  async function owner(address: string): Promise<void> {
    const answer = await signIn(gateway(), from(address, WINDOWS_GRANT), gateway().alice);
    expect(answer.status, `the owner from ${address}`).toBe(200);
  }

  let newPlaces = 0;
  /**
   * Runs an attack while the owner signs in, and again after it, from home and from a new place. The Front-End sees the
   * owner and nobody else, and all answers to the attack are equal.
   */
  async function withstood(attack: () => Promise<TestResponse[]>): Promise<Shape> {
    const shapes = new Map<string, Shape>();
    const ledger = await gateway().arrivals(async () => {
      const attacking = attack();
      await owner(OWNERS_NETWORK);
      for (const answer of await attacking) shapes.set(JSON.stringify(shapeOf(answer)), shapeOf(answer));
      await owner(OWNERS_NETWORK);
      await owner(`192.0.2.${++newPlaces}`);
    });
    expect(ledger.directoryPasswordAttempts).toEqual([]);
    expect(ledger.refusedSignOns).toEqual([]);
    expect(ledger.signOns).toHaveLength(3);
    expect(ledger.requests).toHaveLength(3);
    expect([...shapes.values()]).toHaveLength(1);
    const [shape] = shapes.values();
    if (shape === undefined) throw new Error("the attack had no answer");
    return shape;
  }

  describe("S-22: enumeration by /Auth", () => {
    it("of known and unknown names, one at a time, with a tool's constant Context: one answer", async () => {
      const shape = await withstood(async () => {
        const answers: TestResponse[] = [];
        for (const name of NAMES) {
          const request = USERNAME_TOKEN.request(`CONTOSO\\${name}`, "Winter2026!");
          const body = request.body.replace(/Context="[^"]*"/, `Context="${TOOLS_CONTEXT}"`);
          answers.push(await gateway().send(from(ATTACKER, { ...request, body })));
        }
        return answers;
      });
      expect([shape.status, shape.body.includes("28020")]).toEqual([500, true]);
      expect(JSON.stringify(shape)).not.toMatch(/disabled|locked|contoso\.local|source=/i);
    });
  });

  describe("S-21: lock mode, wrong passwords at a known name", () => {
    it.each([PASSWORD_GRANT, USERNAME_TOKEN])("30 on $name: nobody is locked out", async ({ request }) => {
      await withstood(() =>
        inParallel(numbers(30), 5, (i) => gateway().send(from(ATTACKER, request("CONTOSO\\alice", `Summer${i}!`)))),
      );
    });

    it("30 over NTLM: nobody is locked out, and the right password is refused where it comes from the attacker", async () => {
      const refusal = await withstood(() =>
        inParallel(numbers(30), 5, (i) =>
          signIn(gateway(), from(ATTACKER, WINDOWS_GRANT), gateway().alice, { password: `Summer${i}!` }),
        ),
      );
      const stolen = await signIn(gateway(), from(ATTACKER, WINDOWS_GRANT), gateway().alice);
      expect(shapeOf(stolen)).toEqual(refusal);
    });

    it("a storm of 600 at once from 50 networks: nobody is locked out", async () => {
      await withstood(() =>
        inParallel(numbers(600), 40, (i) =>
          signIn(gateway(), from(`203.0.113.${100 + (i % 50)}`, WINDOWS_GRANT), gateway().alice, { password: `P${i}` }),
        ),
      );
    }, 60_000);
  });

  describe("S-23: spraying", () => {
    it("one password over 150 names by the grant, after discovery: one answer, the network waits, familiar users pass", async () => {
      const discovery = await gateway().send(from(ATTACKER, { path: "/", host: "lyncdiscover.contoso.test" }));
      expect(discovery.status).toBe(200);
      const spray = async (): Promise<TestResponse[]> =>
        inParallel(numbers(150), 10, (i) =>
          gateway().send(
            from(OWNERS_NETWORK, PASSWORD_GRANT.request(NAMES[i] ?? `nobody${i}@contoso.test`, "Welcome1")),
          ),
        );
      const shape = await withstood(spray); // from the network in which the owner is
      expect([shape.status, JSON.parse(shape.body)]).toEqual([400, { error: "invalid_grant" }]);
      const shown = await operator(gateway(), "lock", "show", OWNERS_NETWORK);
      expect(shown).toMatchObject({ source: OWNERS_NETWORK, waitUntil: expect.any(String) });
      await operator(gateway(), "lock", "clear", OWNERS_NETWORK);
    });

    it("a sipuri in discovery tells nothing", async () => {
      const ask = (sipuri: string) =>
        gateway().send({ path: `/?sipuri=${encodeURIComponent(sipuri)}`, host: "lyncdiscover.contoso.test" });
      const [known, unknown] = [await ask("alice@contoso.test"), await ask("nobody@contoso.test")];
      expect(shapeOf(known)).toEqual(shapeOf(unknown));
    });
  });

  describe("S-19: brute force and probing over the directories", () => {
    const values = [
      authorization(clientNegotiate(PROFILES.sipe), 1),
      authorization(clientNegotiate(PROFILES.sipe), 1, "Negotiate"),
      `Basic ${Buffer.from("CONTOSO\\alice:Password1").toString("base64")}`,
    ];

    it("no directory passes a credential on; only the token service answers a Type 1, with public names", async () => {
      const challenged: string[] = [];
      const ledger = await gateway().arrivals(async () => {
        for (const directory of DIRECTORIES) {
          for (const value of values) {
            const path = `/${directory}${directory.includes(".") ? "" : "/"}`;
            const answer = await gateway().send(withAuthorization(from(ATTACKER, { path }), value));
            const [line = ""] = answer.lines("www-authenticate");
            if (/^(NTLM|Negotiate) \S/.test(line)) {
              challenged.push(directory);
              const message = parseChallenge(challengeIn(answer));
              expect(JSON.stringify(message)).not.toContain("contoso.local");
            }
            expect(JSON.stringify(shapeOf(answer))).not.toMatch(/contoso\.local|x-ms-server-fqdn|fe0\d/i);
          }
        }
      });
      expect(new Set(challenged)).toEqual(new Set(["WebTicket/WebTicketService.svc"]));
      expect([ledger.directoryPasswordAttempts, ledger.signOns, ledger.refusedSignOns]).toEqual([[], [], []]);
      const credentials = ledger.requests.filter(({ headers }) => "authorization" in headers);
      expect(credentials).toEqual([]);
    });
  });
}
