// `postern sts …` as an operator uses it: against the started gateway, and against its simulated pool as it is and as
// administrators break it.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, readFile, stat, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newTokenKey } from "../../cli/token-key.ts";
import { demoUsers } from "../../simulator/users.ts";
import { keysOf } from "../kit/token-keys.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";

const COMMAND = join(import.meta.dirname, "../../cli/main.ts");
const DOMAIN = "S-1-5-21-1004336348-1177238915-682003330";
const REALM = "https://web.contoso.test/passiveauth";
const MINUTE = 60_000;

let gateway: TestGateway;
let keys: readonly string[] = [];
let keyFile = "";
const alice = demoUsers.find(({ account }) => account === "alice")?.sid ?? "";

beforeAll(async () => {
  keys = [(await newTokenKey(Date.now())).entry, (await newTokenKey(Date.now())).entry];
  gateway = await startTestGateway({
    passive: true,
    variables: { STS_KEYS: keys.join(" "), STS_OFFER: "both", SIGN_ON: "sts" },
  });
  keyFile = join(gateway.home, "sts-key.txt");
  await writeFile(keyFile, `${keys.join("\n")}\n`, { mode: 0o600 });
}, 300_000);
beforeEach(() => {
  gateway.simulator.relyingParty?.reset();
  gateway.simulator.clearLedger();
});
afterAll(() => gateway?.stop());

type Ended = { readonly code: number; readonly out: string; readonly err: string };

/** Runs the command as a process, as a shell does. `state`: the folder in which the local target is known. */
async function run(argv: readonly string[], input = ""): Promise<Ended> {
  const child = spawn(process.execPath, [COMMAND, "sts", ...argv], {
    cwd: gateway.home,
    env: { ...process.env, HOME: gateway.home, NO_COLOR: "1", ...environment() },
  });
  child.stdin.end(input);
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  return { code: Number(code), out, err };
}

let token = "";
let proxy = "";
const environment = () => ({ POSTERN_URL: proxy, POSTERN_TOKEN: token });
let closeProxy = (): void => undefined;
beforeAll(async () => {
  const { operator } = await import("./support/operator.ts");
  token = ((await operator(gateway, "token", "create", "sts", "--scope", "read")) as { token: string }).token;
  ({ url: proxy, close: closeProxy } = await adminProxy());
}, 120_000);
afterAll(() => closeProxy());

/** The gateway at an address of its own: a request here goes to the admin host, and one for the STS host to that. */
async function adminProxy() {
  const { createServer: http } = await import("node:http");
  const server = http(async (request, response) => {
    const { authorization = "", host = "" } = request.headers;
    const to = host.startsWith("sts.") ? host : gateway.adminHost;
    const headers = authorization === "" ? {} : { authorization };
    const answer = await gateway.send({ host: to, path: request.url ?? "/", headers }).catch(() => undefined);
    if (answer === undefined) return response.destroy();
    const rewritten =
      rewrites && host.startsWith("sts.") ? answer.text.replace("</Entity", "\n</Entity") : answer.bytes;
    response.writeHead(answer.status, { "content-type": answer.headers["content-type"] ?? "text/plain" });
    response.end(rewritten);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => void server.close() };
}
let rewrites = false;

const ACCOUNT = ["--sid", alice, "--upn", "alice@contoso.test"];
const probing = (...more: readonly string[]) =>
  run(["probe", "--key-file", keyFile, ...ACCOUNT, "--at", gateway.frontEnd, "--json", ...more]);

type Said = { readonly id: string; readonly state: string; readonly said: string; readonly fix?: string };
type Report = { readonly exit: number; readonly wrong: number; readonly open: number; readonly questions: Said[] };
const reportIn = ({ out }: Ended): Report => JSON.parse(out) as Report;
const wrongIn = (ended: Ended): Said => {
  const found = reportIn(ended).questions.filter(({ state }) => state === "wrong");
  expect(found, ended.out).toHaveLength(1);
  return found[0] as Said;
};

/** What must be in no output: the private halves, and any token. */
function tellsNothing({ out, err }: Ended): void {
  for (const entry of keys) expect(out + err).not.toContain(entry.slice(100, 160));
  expect(out + err).not.toMatch(/SignatureValue|cwt=|FedAuth1?=/);
}

describe("S-95: sts probe", () => {
  it("answers every question that a program can ask of the simulated pool", async () => {
    const sip = `${DOMAIN}-1105`;
    const ended = await probing("--account", `bob=${sip}`, "--account", `nobody=${DOMAIN}-4444`);
    const { exit, wrong, open, questions } = reportIn(ended);
    expect([ended.code, exit, wrong, open]).toEqual([0, 0, 0, 0]);
    const said = Object.fromEntries(questions.map((each) => [each.id, each.said]));
    expect(said.realm).toContain(REALM);
    expect(said.ticket).toContain("for the same SID");
    expect(said.cookies).toMatch(/FedAuth \(2000 characters; path \/, .*FedAuth1/);
    expect(said["exact-realm"]).toMatch(/slash counts .*case counts/);
    expect(said["two-keys"]).toMatch(/^Yes/);
    expect(said.replay).toMatch(/^No, so only Postern/);
    expect(said.unsolicited).toMatch(/^Yes/);
    expect(said["another-front-end"]).toMatch(/^Yes, as far as it shows: 8 of 8/);
    expect(said.lifetime).toMatch(/^Yes: it ends with the token/);
    expect(said.ports).toMatch(/^WebTicketServiceWsFedPassive|^WsFedPassive at \/WebTicket\//);
    expect(said["soap-passive"]).toMatch(/^Yes: a ticket of SAML with a proof key/);
    expect(said["soap-bearer"]).toMatch(/^There is no such port/);
    expect(said["unknown-account"]).toMatch(/no ticket is given \(HTTP 403, X-Ms-diagnostics 28000\)/);
    expect(said.accounts).toMatch(/^bob: The token is taken .*a ticket is given .*nobody: .*28000/);
    expect(questions.filter(({ state }) => state === "by hand").map(({ id }) => id)).toEqual([
      ...["metadata-elements", "windows", "override"],
    ]);
    tellsNothing(ended);
    const marked = gateway.simulator
      .ledger()
      .passivePosts.every(({ assertionId }) => (assertionId ?? "").startsWith("_postern-test-"));
    expect(marked).toBe(true);
  }, 300_000);

  it("sees what a pool that is set up otherwise does", async () => {
    gateway.simulator.relyingParty?.configure({
      ...{ twoFrontEnds: true, detectReplay: true, cookiePath: "/PassiveAuth", wsFedBearer: true },
    });
    const only = ["cookies", "replay", "another-front-end", "soap-bearer"].flatMap((id) => ["--only", id]);
    const ended = await probing(...only);
    const said = Object.fromEntries(reportIn(ended).questions.map((each) => [each.id, each.said]));
    expect(said.cookies).toContain("no ticket");
    expect(said.replay).toMatch(/^Yes: the second is refused/);
    expect(said["another-front-end"]).toMatch(/^No: without the load balancer's cookies/);
    expect(said["soap-bearer"]).toMatch(/^Yes: a ticket of SAML/);
    expect(said.trust).toBeDefined(); // what it needs was asked as well
    expect(said.lifetime).toBeUndefined();
  }, 300_000);

  it("says of a wrong identifier which one the pool has", async () => {
    gateway.simulator.relyingParty?.configure({ realm: "https://pool.contoso.test/PassiveAuth/" });
    const ended = await probing();
    const { id, said, fix } = wrongIn(ended);
    expect([ended.code, id]).toEqual([1, "realm"]);
    expect(said).toContain('"https://pool.contoso.test/PassiveAuth/"');
    expect(fix).toContain("Write https://pool.contoso.test/PassiveAuth/ into STS_REALMS");
    expect(gateway.simulator.ledger().passivePosts).toEqual([]);
  }, 300_000);

  it("says of a key that the pool does not know what to run there", async () => {
    gateway.simulator.relyingParty?.configure({ trustsNobody: true });
    const { id, said, fix } = wrongIn(await probing());
    const [first] = await keysOf(...keys);
    expect(id).toBe("trust");
    expect(said).toContain(first?.thumbprint);
    expect(fix).toMatch(/read the metadata again: Set-CsWebServiceConfiguration.*TrustedPeople/);
  }, 300_000);

  it.each([
    ["behind", -11],
    ["ahead", 11],
  ])(
    "says of a clock that is %s by how much",
    async (word, minutes) => {
      gateway.simulator.relyingParty?.configure({ clockSkewMs: minutes * MINUTE });
      const { id, said, fix } = wrongIn(await probing());
      expect([id, fix]).toEqual(["clock", expect.stringContaining("w32tm /resync")]);
      expect(said).toMatch(new RegExp(`6[56]\\d s ${word}`));
    },
    300_000,
  );

  it("says of a closed port, and of one that speaks no HTTP, where to look", async () => {
    const closed = await run([...["probe", "--key-file", keyFile, ...ACCOUNT, "--at", "http://127.0.0.1:9", "--json"]]);
    expect(wrongIn(closed)).toMatchObject({ id: "reach", fix: expect.stringContaining("4443") });
    const mute = createServer((socket) => void socket.end("220 mail.contoso.test ESMTP\r\n")).listen(0, "127.0.0.1");
    await once(mute, "listening");
    const { port } = mute.address() as AddressInfo;
    const other = await run([
      ...["probe", "--key-file", keyFile, ...ACCOUNT, "--at", `https://127.0.0.1:${port}`, "--json"],
    ]);
    mute.close();
    expect([other.code, wrongIn(other).id]).toEqual([1, "reach"]);
    tellsNothing(other);
  }, 300_000);

  it("says of a pool without passive sign-in how to switch it on", async () => {
    const { startSimulator } = await import("../../simulator/simulator.ts");
    const without = await startSimulator({ users: demoUsers });
    const ended = await run(["probe", "--key-file", keyFile, ...ACCOUNT, "--at", without.url, "--json"]);
    await without.stop();
    const { id, said, fix } = wrongIn({ ...ended, out: ended.out });
    expect([ended.code, id]).toEqual([1, "reach"]);
    expect(said).toContain("passive sign-in is off");
    expect(fix).toContain("sts metadata");
  }, 300_000);

  it("says of an account that the pool does not have to give another", async () => {
    const ended = await run([
      ...["probe", "--key-file", keyFile, "--sid", `${DOMAIN}-4444`, "--upn", "nobody@contoso.test"],
      ...["--at", gateway.frontEnd, "--only", "ticket", "--json"],
    ]);
    expect(wrongIn(ended)).toMatchObject({ id: "ticket", fix: expect.stringContaining("Get-CsUser") });
  }, 300_000);

  it("sends no token in the clear to another machine, and takes no key that others may read", async () => {
    const plain = await run(["probe", "--key-file", keyFile, ...ACCOUNT, "--at", "http://192.0.2.1"]);
    expect([plain.code, plain.err]).toEqual([2, expect.stringContaining("is not where a pool can be")]);
    const open = join(gateway.home, "open.txt");
    await writeFile(open, keys.join(" "));
    await chmod(open, 0o644);
    const shared = await run(["probe", "--key-file", open, ...ACCOUNT, "--at", gateway.frontEnd]);
    expect([shared.code, shared.err]).toEqual([1, expect.stringContaining("others may read")]);
    tellsNothing(shared);
  }, 300_000);
});

describe("S-95: sts token", () => {
  const making = (...more: readonly string[]) => run(["token", "--key-file", "-", ...more], keys.join(" "));

  it("makes a token that the pool takes, for whom it is said, and marks it", async () => {
    const file = join(gateway.home, "form.txt");
    const ended = await making(...ACCOUNT, "--as", "form", "--file", file);
    expect([ended.code, ended.out]).toEqual([0, expect.stringContaining("TEST TOKEN")]);
    tellsNothing(ended);
    expect((await stat(file)).mode & 0o077).toBe(0);
    gateway.simulator.clearLedger();
    const { send } = await import("../../simulator/test-client.ts");
    await send(
      { url: gateway.frontEnd, hosts: gateway.simulator.hosts },
      {
        ...{ method: "POST", path: "/PassiveAuth/PassiveAuth.aspx", body: await readFile(file, "utf8") },
        headers: { "content-type": "application/x-www-form-urlencoded" },
      },
    );
    expect(gateway.simulator.ledger().passivePosts).toMatchObject([
      { outcome: "accepted", sid: alice, assertionId: expect.stringMatching(/^_postern-test-/) },
    ]);
    const again = await making(...ACCOUNT, "--file", file);
    expect([again.code, again.err]).toEqual([4, expect.stringContaining("exists already")]);
  }, 120_000);

  it("makes it without a gateway where everything is said", async () => {
    const all = ["--realm", REALM, "--web-host", "web.contoso.test", "--issuer", "http://sts.localhost/postern"];
    const ended = await making(...ACCOUNT, ...all, "--as", "assertion", "--json", "--target", "nowhere");
    const { test, token: made } = JSON.parse(ended.out) as { test: boolean; token: string };
    expect([ended.code, test]).toEqual([0, true]);
    expect(made).toMatch(/^<saml:Assertion .*AssertionID="_postern-test-.*<\/saml:Assertion>$/);
  }, 120_000);

  it("is neither shown at the terminal nor made for what Windows makes itself, or another domain", async () => {
    const shown = await making(...ACCOUNT);
    expect([shown.code, shown.out, shown.err]).toEqual([2, "", expect.stringContaining("--file FILE")]);
    for (const sid of [`${DOMAIN}-500`, "S-1-5-32-544", "S-1-5-21-1-2-3-1104", "alice"]) {
      const refused = await making("--sid", sid, "--upn", "x@contoso.test", "--json");
      expect([sid, refused.code, refused.out]).toEqual([sid, 2, ""]);
    }
    const unset = await making("--user", "alice@contoso.test", "--json");
    expect([unset.code, unset.err]).toEqual([1, expect.stringContaining("does not know the SID")]);
  }, 120_000);
});

describe("S-95: sts metadata", () => {
  it("compares what is published with the gateway and with the keys at hand, and prints the pool's commands", async () => {
    const ended = await run(["metadata", "--key-file", keyFile]);
    const thumbprints = (await keysOf(...keys)).map(({ thumbprint }) => thumbprint);
    expect([ended.code, ended.err]).toEqual([0, ""]);
    expect(ended.out).toContain(
      'Set-CsWebServiceConfiguration -Identity "Service:WebServer:POOL_OF_web.contoso.test" -UseWsFedPassiveAuth $true -WsFedPassiveMetadataUri "https://sts.localhost/FederationMetadata/2007-06/FederationMetadata.xml"',
    );
    for (const [at, thumbprint] of thumbprints.entries()) {
      expect(ended.out).toMatch(new RegExp(`${thumbprint}  ${at === 0 ? "signs" : "next "}`));
    }
  }, 120_000);

  it("says that the key at hand is not published, and that something rewrites the document", async () => {
    const other = join(gateway.home, "other.txt");
    await writeFile(other, (await newTokenKey(Date.now())).entry, { mode: 0o600 });
    const strange = await run(["metadata", "--key-file", other]);
    expect([strange.code, strange.out]).toEqual([
      1,
      expect.stringMatching(/WRONG {2}it lacks the certificate .* of your file/),
    ]);
    rewrites = true;
    const altered = await run(["metadata", "--json"]).finally(() => {
      rewrites = false;
    });
    const { signature, faults } = JSON.parse(altered.out) as { signature: string; faults: { what: string }[] };
    expect([altered.code, signature]).toEqual([1, "altered"]);
    expect(faults.map(({ what }) => what)).toEqual([expect.stringContaining("not those that were signed")]);
  }, 120_000);
});

describe("S-71: doctor and the token service", () => {
  const look = async () => {
    const { runIn } = await import("../kit/gateway/command.ts");
    const only = ["token-service", "grants", "own-hosts", "closed"].flatMap((id) => ["--only", id]);
    const surroundings = { env: { HOME: gateway.home }, state: gateway.home, version: "0.1.0", now: Date.now };
    const { out } = await runIn(surroundings, ["doctor", ...only, "--json", "--target", "local"]);
    return (JSON.parse(out) as { checks: { id: string; kind: string; note?: string; findings?: { what: string }[] }[] })
      .checks;
  };

  it("finds nothing wrong with a gateway that offers both ways, and says when the keys end", async () => {
    const checks = await look();
    const kinds = checks.map(({ id, kind }) => `${id} ${kind}`);
    expect(kinds).toEqual(["own-hosts ok", "token-service ok", "closed ok", "grants ok"]);
    expect(checks[1]?.note).toMatch(/^[0-9A-F]{8} until \d{4}-\d\d-\d\d, [0-9A-F]{8} until/);
  }, 120_000);

  it("says that the pool does not send browsers to the page", async () => {
    gateway.simulator.relyingParty?.configure({ realm: "https://pool.contoso.test/other" });
    const found = (await look()).flatMap(({ findings = [] }) => findings.map(({ what }) => what));
    expect(found).toEqual([expect.stringContaining("does not send a browser to https://sts.localhost/passive")]);
  }, 120_000);
});

describe("with the user's SID", () => {
  beforeAll(() => gateway.execute([`UPDATE users SET sid = '${alice}' WHERE sip_uri = 'sip:alice@contoso.test'`]));

  it("S-95: sts token is made for a user whom the gateway knows", async () => {
    const ended = await run(["token", "--key-file", keyFile, "--user", "alice@contoso.test", "--json"]);
    expect([ended.code, JSON.parse(ended.out)]).toMatchObject([0, { sid: alice, audience: REALM, test: true }]);
  }, 120_000);

  it("S-93: a sign-on by the token service is three requests to the pool", async () => {
    const { signIn } = await import("./support/ntlm.ts");
    const { WINDOWS_GRANT } = await import("./support/tickets.ts");
    const asked = async () => {
      const { requests } = await gateway.arrivals(() => signIn(gateway, WINDOWS_GRANT, gateway.alice));
      return requests.map(({ method, path }) => `${method} ${path.toLowerCase()}`);
    };
    const [page, service] = ["/passiveauth/passiveauth.aspx", "/webticket/oauthtoken"];
    expect(await asked()).toEqual([`GET ${page}`, `POST ${page}`, `POST ${service}`]);
  }, 120_000);
});
