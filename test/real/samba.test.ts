// Samba as NTLM client: the authenticate message with AV pairs 8 and 10 and a message integrity code, which curl and
// SIPE do not send (MS-NLMP 2.2.2.1, 2.2.1.3).

import { expect, it } from "vitest";
import { describeClient } from "./requirements.ts";
import { type NtlmRequest, postWithSamba } from "./samba.ts";
import { cwtOf, RST_ACTION, requestSecurityToken, TOKEN_TYPES, WEB_HOST, WEB_TICKET_PATH } from "./token-requests.ts";
import { forEachUpstream, type Upstream } from "./upstreams.ts";

function rst({ baseUrl, sipUri }: Upstream): NtlmRequest {
  return {
    url: new URL(WEB_TICKET_PATH, baseUrl),
    host: WEB_HOST,
    headers: { "Content-Type": "text/xml; charset=utf-8", SOAPAction: RST_ACTION },
    body: requestSecurityToken(sipUri, TOKEN_TYPES.cwt),
  };
}

/** The AV pairs by id in the NTLMv2 response (MS-NLMP 2.2.2.7: they start 28 bytes into the blob, after the proof). */
function avPairs(authenticate: Uint8Array): ReadonlyMap<number, string> {
  const message = Buffer.from(authenticate);
  const pairs = new Map<number, string>();
  const end = message.readUInt32LE(24) + message.readUInt16LE(20);
  for (let at = message.readUInt32LE(24) + 16 + 28; at + 4 <= end; at += 4 + message.readUInt16LE(at + 2)) {
    const id = message.readUInt16LE(at);
    if (id === 0) break;
    pairs.set(id, message.toString("hex", at + 4, at + 4 + message.readUInt16LE(at + 2)));
  }
  return pairs;
}

describeClient("Samba ntlm_auth", [{ file: "ntlm_auth", debianPackage: "winbind" }], () => {
  forEachUpstream((upstream) => {
    it("signs in, with AV pairs 8 and 10 and a MIC of its own", async () => {
      const { answer, authenticate } = await postWithSamba(upstream(), rst(upstream()));
      expect(answer.status).toBe(200);
      expect(cwtOf(answer.body)).toMatch(/^cwt=/);
      const pairs = avPairs(authenticate);
      expect([...pairs.keys()]).toEqual(expect.arrayContaining([5, 8, 10]));
      expect(pairs.get(10)).toBe("00".repeat(16)); // it has no TLS channel to bind to
      expect(Buffer.from(authenticate.subarray(72, 88)).equals(Buffer.alloc(16))).toBe(false);
    });

    it("is refused with a wrong password", async () => {
      const { answer } = await postWithSamba({ ...upstream(), password: "not-the-password" }, rst(upstream()));
      expect(answer).toMatchObject({ status: 401, challenge: upstream().offers.join(", ") });
      expect(answer.body).not.toContain("cwt=");
    });
  });
});
