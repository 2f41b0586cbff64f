// S-54: the question as it goes over the wire, and its signature as the public library of Standard Webhooks verifies
// it.

import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { UNKNOWN_DEVICE } from "../device/types.ts";
import { signedHeaders } from "../webhook/signed.ts";
import { type AuthorityQuestion, questionBody } from "./question.ts";

const NOW = Date.now();
const QUESTION: AuthorityQuestion = {
  user: { sipUri: "sip:alice@contoso.test", upn: "alice@contoso.test", account: "CONTOSO\\alice" },
  device: {
    id: "d_1",
    key: "endpoint:6f1d",
    facts: {
      ...UNKNOWN_DEVICE,
      type: "phone",
      platform: "android",
      product: "AndroidLync",
      version: "6.25.0.27",
      os: "Android 8.0.0",
    },
  },
  source: { network: "203.0.113.7", country: "DE", asn: 64496 },
  credentialId: "p_1",
  first: true,
};
const OLD = Buffer.alloc(32, 1);
const NEW = Buffer.alloc(24, 2);
const library = (secret: Uint8Array) => new Webhook(`whsec_${Buffer.from(secret).toString("base64")}`);

describe("S-54: a question to the authority", () => {
  it("says who, which device, from where, with which app password, and what is not known is null", () => {
    expect(JSON.parse(questionBody(QUESTION, NOW))).toEqual({
      type: "device.asked",
      timestamp: new Date(NOW).toISOString(),
      data: {
        asked: "first",
        user: QUESTION.user,
        device: {
          ...{ id: "d_1", kind: "endpoint", key: "6f1d", type: "phone", platform: "android" },
          ...{ product: "AndroidLync", version: "6.25.0.27", model: null, os: "Android 8.0.0", machine: null },
        },
        ...{ network: "203.0.113.7", country: "DE", appPassword: "p_1" },
      },
    });
    const bot = { ...QUESTION, first: false, device: { ...QUESTION.device, key: "password:p_1" }, credentialId: null };
    expect(JSON.parse(questionBody(bot, NOW))).toMatchObject({
      data: { asked: "again", device: { kind: "password", key: "p_1" }, appPassword: null },
    });
  });

  it("is verified by the public library, with either of two secrets, and with no other", () => {
    const body = questionBody(QUESTION, NOW);
    const headers = signedHeaders("msg_1", body, [NEW, OLD], NOW);
    for (const secret of [NEW, OLD]) expect(library(secret).verify(body, headers)).toEqual(JSON.parse(body));
    expect(() => library(Buffer.alloc(32, 3)).verify(body, headers)).toThrow(/No matching signature/);
    expect(() => library(NEW).verify(body.replace("alice", "mallory"), headers)).toThrow(/No matching signature/);
    const late = signedHeaders("msg_1", body, [NEW], NOW - 600_000);
    expect(() => library(NEW).verify(body, late)).toThrow(/too old/);
  });
});
