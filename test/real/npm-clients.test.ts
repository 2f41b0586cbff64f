// Two NTLM clients from npm. httpntlm sends its negotiate message without the request's headers and body and closes the
// connection after the authenticate message; axios-ntlm negotiates in OEM only and upper-cases nothing.

import { Agent } from "node:http";
import { connect } from "node:net";
import { NtlmClient } from "axios-ntlm";
import httpntlm from "httpntlm";
import { describe, expect, it } from "vitest";
import { cwtOf, RST_ACTION, requestSecurityToken, TOKEN_TYPES, WEB_HOST, WEB_TICKET_PATH } from "./token-requests.ts";
import { forEachUpstream, type Upstream } from "./upstreams.ts";

/** What both clients tell about the last answer. */
interface Answer {
  readonly status: number;
  readonly body: string;
}

const URL_OF_SERVICE = `http://${WEB_HOST}${WEB_TICKET_PATH}`;
const HEADERS = { "Content-Type": "text/xml; charset=utf-8", SOAPAction: RST_ACTION };

/** Connects wherever the URL says to the upstream, so that the clients name the public host by themselves. */
function agentTo(baseUrl: string): Agent {
  const { hostname, port } = new URL(baseUrl);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  agent.createConnection = () => connect(Number(port), hostname);
  return agent;
}

function postWithHttpntlm(upstream: Upstream, password: string): Promise<Answer> {
  const agent = agentTo(upstream.baseUrl);
  return new Promise<Answer>((resolve, reject) => {
    httpntlm.post(
      {
        url: URL_OF_SERVICE,
        username: upstream.user,
        domain: upstream.domain,
        workstation: "TESTBENCH",
        password,
        agent,
        headers: HEADERS,
        body: requestSecurityToken(upstream.sipUri, TOKEN_TYPES.cwt),
      },
      (error, response) => {
        if (error !== null || response === undefined) reject(error ?? new Error("httpntlm gave no answer"));
        else resolve({ status: response.statusCode, body: response.body });
      },
    );
  }).finally(() => agent.destroy());
}

async function postWithAxios(upstream: Upstream, password: string): Promise<Answer> {
  const agent = agentTo(upstream.baseUrl);
  const account = { username: upstream.user, domain: upstream.domain, workstation: "TESTBENCH", password };
  const client = NtlmClient(account, { httpAgent: agent, proxy: false, headers: HEADERS });
  try {
    const response = await client.post(URL_OF_SERVICE, requestSecurityToken(upstream.sipUri, TOKEN_TYPES.cwt));
    return { status: response.status, body: String(response.data) };
  } catch (error) {
    const status = (error as { response?: { status?: number } }).response?.status;
    if (status === undefined) throw error;
    return { status, body: "" };
  } finally {
    agent.destroy();
  }
}

describe.each([
  { name: "httpntlm", post: postWithHttpntlm },
  { name: "axios-ntlm", post: postWithAxios },
])("npm $name", ({ post }) => {
  forEachUpstream((upstream) => {
    it("signs in", async () => {
      const answer = await post(upstream(), upstream().password);
      expect(answer.status).toBe(200);
      expect(cwtOf(answer.body)).toMatch(/^cwt=/);
    });

    it("is refused with a wrong password", async () => {
      const answer = await post(upstream(), "not-the-password");
      expect(answer.status).toBe(401);
      expect(answer.body).not.toContain("cwt=");
    });
  });
});
