import { randomBytes } from "node:crypto";
import { Agent } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { parseChallenge } from "../src/core/ntlm/challenge.ts";
import { NEGOTIATE_EXTENDED_SESSIONSECURITY, NEGOTIATE_NTLM, NEGOTIATE_UNICODE } from "../src/core/ntlm/constants.ts";
import { ntHash, ntlmV2Blob, ntlmV2Proof, ntowfV2 } from "../src/core/ntlm/responses.ts";
import { demoUsers, type Simulator, startSimulator } from "./simulator.ts";
import { authorizationFor, send, type TestResponse } from "./test-client.ts";

const PATH = "/abs/";
const PASSWORD = "Directory-Only-Alice-31!";
const FLAGS = NEGOTIATE_UNICODE | NEGOTIATE_NTLM | NEGOTIATE_EXTENDED_SESSIONSECURITY;

let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator({ users: demoUsers });
});
beforeEach(() => simulator.clearLedger());
afterAll(() => simulator.stop());

const get = (authorization: string, agent?: Agent): Promise<TestResponse> =>
  send(simulator, { path: PATH, headers: authorization === "" ? {} : { authorization }, ...(agent && { agent }) });

describe("a connector token", () => {
  it("signs its user on in one request, and only that request", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const authorization = (await authorizationFor(simulator, "ALICE@contoso.test")) ?? "";
    expect((await get(authorization, agent)).status).toBe(200);
    expect(simulator.ledger().requests.at(-1)?.identity).toBe("sip:alice@contoso.test");
    expect((await get("", agent)).status).toBe(401);
    agent.destroy();
  });

  it("is good once", async () => {
    const authorization = (await authorizationFor(simulator, "alice@contoso.test")) ?? "";
    const statuses = await Promise.all(Array.from({ length: 20 }, async () => (await get(authorization)).status));
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(simulator.ledger().refusedSignOns).toHaveLength(19);
    expect(simulator.ledger().refusedSignOns[0]?.reason).toBe("used-before");
  });

  it("expires after 60 s", async () => {
    const authorization = (await authorizationFor(simulator, "alice@contoso.test")) ?? "";
    await send(simulator, { path: "/_sim/clock", method: "POST", body: '{"advanceMs":60000}' });
    expect((await get(authorization)).status).toBe(401);
    await send(simulator, { path: "/_sim/reset", method: "POST" });
    expect(simulator.ledger().refusedSignOns).toMatchObject([{ reason: "expired" }]);
  });

  it("cannot be altered, or be another pool's", async () => {
    const authorization = (await authorizationFor(simulator, "alice@contoso.test")) ?? "";
    const token = Buffer.from(authorization.slice(10), "base64");
    token[60] = (token[60] ?? 0) ^ 1;
    expect((await get(`Negotiate ${token.toString("base64")}`)).status).toBe(401);
    const other = await startSimulator({ users: demoUsers });
    const foreign = (await authorizationFor(other, "alice@contoso.test")) ?? "";
    await other.stop();
    expect((await get(foreign)).status).toBe(401);
    expect(simulator.ledger().refusedSignOns.map(({ reason }) => reason)).toEqual(["forged", "forged"]);
    expect(simulator.ledger().signOns).toEqual([]);
  });

  it("is minted for known users, for this service, and for who has the key", async () => {
    expect(await authorizationFor(simulator, "nobody@contoso.test")).toBeUndefined();
    const order = (key: string, service: string): Promise<Response> =>
      fetch(`${simulator.connectorUrl}/v1/authorization`, {
        method: "POST",
        headers: { authorization: `Bearer ${key}` },
        body: JSON.stringify({ user: "alice@contoso.test", service }),
      });
    expect((await order(simulator.connectorKey, "http/fe02.contoso.local")).status).toBe(403);
    expect((await order("guess", "http/web.contoso.test")).status).toBe(401);
  });
});

describe("NTLM on the connection", () => {
  const type1 = (): string => {
    const message = Buffer.alloc(32);
    message.write("NTLMSSP\0", "latin1");
    message.writeUInt32LE(1, 8);
    message.writeUInt32LE(FLAGS >>> 0, 12);
    return `NTLM ${message.toString("base64")}`;
  };

  /** Type 3 over what the server sent; the shortest a client can make. */
  const type3 = (challenge: string, password: string): string => {
    const parsed = parseChallenge(Buffer.from(challenge.slice(5), "base64"));
    if (!parsed.ok) throw new Error(parsed.reason);
    const { serverChallenge, targetInfo } = parsed.value;
    const blob = ntlmV2Blob(BigInt(Date.now()) * 10_000n + 116_444_736_000_000_000n, randomBytes(8), targetInfo);
    const proof = ntlmV2Proof(ntowfV2(ntHash(password), "alice", "CONTOSO"), serverChallenge, blob);
    const fields = [
      Buffer.alloc(24),
      Buffer.concat([proof, blob]),
      ...["CONTOSO", "alice", "PC"].map((s) => Buffer.from(s, "utf16le")),
      Buffer.alloc(0),
    ];
    const head = Buffer.alloc(64);
    head.write("NTLMSSP\0", "latin1");
    head.writeUInt32LE(3, 8);
    let offset = head.length;
    fields.forEach((field, i) => {
      head.writeUInt16LE(field.length, 12 + 8 * i);
      head.writeUInt16LE(field.length, 14 + 8 * i);
      head.writeUInt32LE(offset, 16 + 8 * i);
      offset += field.length;
    });
    head.writeUInt32LE(FLAGS >>> 0, 60);
    return `NTLM ${Buffer.concat([head, ...fields]).toString("base64")}`;
  };

  it("signs the connection on, and is recorded as a directory password that arrived", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const challenge = await get(type1(), agent);
    expect([challenge.status, challenge.headers.connection]).toEqual([401, "keep-alive"]);
    const signedOn = await get(type3(challenge.headers["www-authenticate"] ?? "", PASSWORD), agent);
    expect(signedOn.status).toBe(200);
    expect((await get("", agent)).status).toBe(200);
    expect(simulator.ledger().requests.at(-1)?.identity).toBe("sip:alice@contoso.test");
    expect(simulator.ledger().directoryPasswordAttempts).toMatchObject([
      { channel: "ntlm", user: "CONTOSO\\alice", accepted: true },
    ]);
    agent.destroy();
  });

  it("fails on another connection, for a second time, and with a wrong password", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const first = await get(type1(), agent);
    const answer = type3(first.headers["www-authenticate"] ?? "", PASSWORD);
    expect((await get(answer)).status).toBe(401);
    const wrong = await get(type3(first.headers["www-authenticate"] ?? "", "wrong"), agent);
    expect(wrong.lines("www-authenticate")).toEqual(["Negotiate", "NTLM"]);
    expect((await get(answer, agent)).status).toBe(401);
    expect(simulator.ledger().directoryPasswordAttempts.map(({ accepted }) => accepted)).toEqual([false, false, false]);
    agent.destroy();
  });

  it("records a password sent as Basic, and shows none of it", async () => {
    expect((await get(`Basic ${Buffer.from(`alice:${PASSWORD}`).toString("base64")}`)).status).toBe(401);
    expect(simulator.ledger().directoryPasswordAttempts).toMatchObject([{ channel: "basic", user: "alice" }]);
    expect(JSON.stringify(simulator.ledger())).not.toContain(Buffer.from(`alice:${PASSWORD}`).toString("base64"));
  });
});
