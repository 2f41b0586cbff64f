// curl as NTLM client at both token services. It is the shortest way to a web ticket, and the most common NTLM code
// outside Windows. Its buffer for the authenticate message has 1024 bytes, so this also tests that the challenge is not
// too long.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { type CurlAnswer, type CurlOptions, curl } from "./curl.ts";
import { describeClient } from "./requirements.ts";
import {
  assertionOf,
  cwtOf,
  OAUTH_TOKEN_PATH,
  RST_ACTION,
  requestSecurityToken,
  TOKEN_TYPES,
  WEB_HOST,
  WEB_TICKET_PATH,
  WINDOWS_GRANT,
} from "./token-requests.ts";
import { forEachUpstream, type Upstream } from "./upstreams.ts";

const CURL = { file: "curl", debianPackage: "curl" };
const GSS_NTLMSSP = { file: "/etc/gss/mech.d/mech.ntlmssp.conf", debianPackage: "gss-ntlmssp" };

const WRONG_PASSWORD = "not-the-password";

function postRst(upstream: Upstream, auth: CurlOptions, tokenType: string = TOKEN_TYPES.cwt): Promise<CurlAnswer> {
  return curl(`${upstream.baseUrl}${WEB_TICKET_PATH}`, {
    ...auth,
    header: [`Host: ${WEB_HOST}`, "Content-Type: text/xml; charset=utf-8", `SOAPAction: ${RST_ACTION}`],
    data: requestSecurityToken(upstream.sipUri, tokenType),
  });
}

function postGrant(upstream: Upstream, auth: CurlOptions): Promise<CurlAnswer> {
  const header = [`Host: ${WEB_HOST}`, "Content-Type: application/x-www-form-urlencoded;charset=UTF-8"];
  return curl(`${upstream.baseUrl}${OAUTH_TOKEN_PATH}`, { ...auth, header, data: WINDOWS_GRANT });
}

const ntlm = (user: string, password: string): CurlOptions => ({ ntlm: true, user: `${user}:${password}` });
const withWrongPassword = ({ domain, user }: Upstream) => ntlm(`${domain}\\${user}`, WRONG_PASSWORD);
const asAccount = ({ domain, user, password }: Upstream) => ntlm(`${domain}\\${user}`, password);

/** The WWW-Authenticate lines of an answer. */
const challengesOf = ({ headers }: CurlAnswer) =>
  Array.from(headers.matchAll(/^WWW-Authenticate: (.*?)\r?$/gim), ([, value]) => value);

describeClient("curl --ntlm", [CURL], () => {
  forEachUpstream((upstream, name) => {
    it("gets a compact ticket for a RequestSecurityToken, on one connection", async () => {
      const answer = await postRst(upstream(), asAccount(upstream()));
      expect(answer.status).toBe(200);
      expect(cwtOf(answer.body)).toMatch(/^cwt=/);
      expect(answer.connections).toBe(1);
    });

    it("gets a SAML ticket that opens the user resource", async () => {
      const answer = await postRst(upstream(), asAccount(upstream()), TOKEN_TYPES.saml);
      expect(answer.status).toBe(200);
      const ticket = Buffer.from(assertionOf(answer.body) ?? "").toString("base64");
      const accept = "Accept: application/vnd.microsoft.rtc.autodiscover+xml;v=1";
      const user = await curl(`${upstream().baseUrl}/Autodiscover/AutodiscoverService.svc/root/user`, {
        header: [`Host: ${WEB_HOST}`, accept, `X-MS-WebTicket: opaque=${ticket}`],
      });
      expect(user.status).toBe(200);
      expect(user.body).toContain("<SipClientExternalAccess");
    });

    it("gets an access token for the windows grant that opens the OAuth user resource", async () => {
      const answer = await postGrant(upstream(), asAccount(upstream()));
      expect(answer.status).toBe(200);
      const token = JSON.parse(answer.body);
      expect(token).toMatchObject({ token_type: "Bearer", access_token: expect.stringMatching(/^cwt=/) });
      const user = await curl(`${upstream().baseUrl}/Autodiscover/AutodiscoverService.svc/root/oauth/user`, {
        header: [`Host: ${WEB_HOST}`, "Accept: application/json", `Authorization: Bearer ${token.access_token}`],
      });
      expect(user.status).toBe(200);
      expect(JSON.parse(user.body)._links.applications.href).toMatch(/\/ucwa\/oauth\/v1\/applications/);
    });

    it("signs in with the UPN as user name", async () => {
      const answer = await postRst(upstream(), ntlm(upstream().upn, upstream().password));
      expect(answer.status).toBe(200);
      expect(cwtOf(answer.body)).toMatch(/^cwt=/);
    });

    for (const path of [WEB_TICKET_PATH, OAUTH_TOKEN_PATH]) {
      it(`signs in by GET ${path}`, async () => {
        const header = `Host: ${WEB_HOST}`;
        const right = await curl(`${upstream().baseUrl}${path}`, { ...asAccount(upstream()), header });
        expect(right.status).not.toBe(401);
        expect(challengesOf(right)).toEqual([]);
      });

      // The Front-End tells everybody that a POST asks for a token. The gateway tells it only to users who have signed
      // in.
      if (name === "the simulator" && path === OAUTH_TOKEN_PATH) continue;
      it(`is refused by GET ${path} with a wrong password`, async () => {
        const header = `Host: ${WEB_HOST}`;
        const wrong = await curl(`${upstream().baseUrl}${path}`, { ...withWrongPassword(upstream()), header });
        expect(wrong.status).toBe(401);
        expect(challengesOf(wrong)).toEqual(upstream().offers);
      });
    }

    it("is refused with a wrong password and told nothing but the bare challenge", async () => {
      const auth = withWrongPassword(upstream());
      for (const answer of [await postRst(upstream(), auth), await postGrant(upstream(), auth)]) {
        expect(answer.status).toBe(401);
        expect(challengesOf(answer)).toEqual(upstream().offers);
        expect(answer.body).not.toContain("cwt=");
      }
    });
  });
});

describeClient("curl --negotiate with gss-ntlmssp", [CURL, GSS_NTLMSSP], () => {
  forEachUpstream((upstream) => {
    async function postWithGss(password: string): Promise<CurlAnswer> {
      const { baseUrl, domain, user, sipUri } = upstream();
      const folder = mkdtempSync(join(tmpdir(), "postern-gss-"));
      const userFile = join(folder, "ntlm-users");
      writeFileSync(userFile, `${domain}:${user}:${password}\n`, { mode: 0o600 });
      try {
        // curl makes the service's name (HTTP@host) from the URL. So the test tells curl where the real host is.
        return await curl(
          `http://${WEB_HOST}${WEB_TICKET_PATH}`,
          {
            negotiate: true,
            user: ":",
            "connect-to": `::${new URL(baseUrl).host}`,
            header: ["Content-Type: text/xml; charset=utf-8", `SOAPAction: ${RST_ACTION}`],
            data: requestSecurityToken(sipUri, TOKEN_TYPES.cwt),
          },
          { NTLM_USER_FILE: userFile },
        );
      } finally {
        rmSync(folder, { recursive: true });
      }
    }

    it("signs in by NTLM inside SPNEGO", async () => {
      const answer = await postWithGss(upstream().password);
      expect(answer.status).toBe(200);
      expect(cwtOf(answer.body)).toMatch(/^cwt=/);
    });

    it("is refused with a wrong password", async () => {
      expect((await postWithGss(WRONG_PASSWORD)).status).toBe(401);
    });
  });
});
