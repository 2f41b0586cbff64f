// Which certificates make Postern remember their key.

import { beforeEach, describe, expect, it, vi } from "vitest";
import { CertificateAuthority } from "../../simulator/certificate-authority.ts";
import { makeDeviceKey, pkcs10For, X509_V3 } from "../../simulator/signing-client.ts";
import { sipeCertificateRequest } from "../../simulator/sipe-client.ts";
import { certifiedKey } from "./acceptance.ts";

const NOW = Date.UTC(2026, 10, 27, 9, 30);
const SERVICES = "http://schemas.microsoft.com/OCS/AuthWebServices/";
const WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
const authority = new CertificateAuthority("Communications Server", NOW);
const [own, another] = [makeDeviceKey(), makeDeviceKey()];
const request = sipeCertificateRequest({
  ...{ security: "", entity: "alice@contoso.test", deviceId: "{1}" },
  pkcs10: pkcs10For(own),
});
const answer = (spki: Uint8Array): string =>
  `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><GetAndPublishCertResponse xmlns="${SERVICES}">` +
  `<BinarySecurityToken xmlns="${WSSE}" ValueType="${X509_V3}">` +
  `${Buffer.from(authority.issue("alice@contoso.test", { publicKey: spki }, NOW).der).toString("base64")}` +
  "</BinarySecurityToken></GetAndPublishCertResponse></s:Body></s:Envelope>";

let lines: string[];
beforeEach(() => {
  lines = [];
  vi.spyOn(console, "log").mockImplementation((line) => void lines.push(String(line)));
});

describe("the key of a certificate", () => {
  it("is remembered where it is the one that was asked for", () => {
    expect(certifiedKey(request, answer(own.spki), "web.contoso.test")).toMatchObject({ hash: expect.any(String) });
    expect(lines).toEqual([]);
  });

  it.each([
    ["is another one than was asked for", request, answer(another.spki), "another-key-than-requested"],
    ["is in no request that can be read", "<a/>", answer(own.spki), "request-not-read"],
    ["is in no answer that can be read", request, "<a/>", "certificate-not-read"],
  ])("is not remembered where it %s, and the log says so", (_, asked, answered, reason) => {
    expect(certifiedKey(asked, answered, "web.contoso.test")).toBeUndefined();
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ event: "key-not-remembered", reason }]);
  });
});
