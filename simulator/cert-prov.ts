// Certificate provisioning, /CertProv/CertProvisioningService.svc. A signed-in desktop client sends a PKCS#10 request
// and gets a certificate. With it, the client signs in for 180 days without a password. The request names the device
// (DeviceId) and the user (Entity). Both go to the ledger, because a gateway has to judge them.

import { readCertificateRequest } from "./certificate-authority.ts";
import { type Answer, bodyText, type Exchange, methodNotAllowed } from "./exchange.ts";
import type { FrontEnd } from "./front-end.ts";
import { faultAnswer, MALFORMED, NO_VALID_TOKEN, parseSoap, soapAnswer, WSSE, WST } from "./soap.ts";
import { soapTicket } from "./soap-security.ts";
import { attributeOf, descend, escapeXml, textOf, type XmlElement } from "./xml.ts";

const AUTH_WEB_SERVICES = "http://schemas.microsoft.com/OCS/AuthWebServices/";
const X509_TOKEN = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3";
const BASE64_BINARY = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary";
const ENROLMENT = "http://schemas.microsoft.com/windows/pki/2009/01/enrollment";

/** Answers `GetAndPublishCert` to the holder of a proof ticket. */
export async function certProvisioning(frontEnd: FrontEnd, exchange: Exchange): Promise<Answer> {
  if (exchange.method !== "POST") return methodNotAllowed("POST");
  const message = parseSoap(await bodyText(exchange));
  if (!message) return faultAnswer(MALFORMED);
  const ticket = soapTicket(frontEnd, exchange, message.security, "proof");
  if (ticket?.identity.kind !== "user") return faultAnswer({ ...NO_VALID_TOKEN, status: 401 });
  const request = descend(message.body, "GetAndPublishCert");
  return request ? publish(frontEnd, exchange, request, ticket.identity.user.sipUri) : faultAnswer(MALFORMED);
}

function publish(frontEnd: FrontEnd, exchange: Exchange, request: XmlElement, sipUri: string): Answer {
  const deviceId = attributeOf(request, "DeviceId") ?? "";
  const entity = attributeOf(request, "Entity") ?? "";
  const rst = descend(request, "RequestSecurityToken");
  const pkcs10 = readCertificateRequest(Buffer.from(textOf(descend(rst, "BinarySecurityToken")), "base64"));
  if (!pkcs10 || deviceId === "") return faultAnswer(MALFORMED);
  if (`sip:${entity.replace(/^sip:/i, "")}`.toLowerCase() !== sipUri.toLowerCase()) {
    return faultAnswer({ id: 28022, reason: "Entity does not match SIP URI associated with presented credentials." });
  }
  const subject = sipUri.replace(/^sip:/i, "");
  const { der, serial } = frontEnd.authority.issue(subject, pkcs10, frontEnd.now());
  frontEnd.ledger.note("certificates", exchange.entry, { user: sipUri, deviceId, entity, serial });
  const requestId = escapeXml(textOf(descend(rst, "RequestID")));
  const body =
    `<GetAndPublishCertResponse xmlns="${AUTH_WEB_SERVICES}" DeviceId="${escapeXml(deviceId)}" ` +
    `Entity="${escapeXml(entity)}"><RequestSecurityTokenResponse xmlns="${WST}/"><TokenType>${X509_TOKEN}</TokenType>` +
    `<RequestedSecurityToken><BinarySecurityToken xmlns="${WSSE}" ValueType="${X509_TOKEN}" ` +
    `EncodingType="${BASE64_BINARY}">${Buffer.from(der).toString("base64")}</BinarySecurityToken>` +
    `</RequestedSecurityToken><RequestID xmlns="${ENROLMENT}">${requestId}</RequestID>` +
    `</RequestSecurityTokenResponse></GetAndPublishCertResponse>`;
  return soapAnswer(body, `${AUTH_WEB_SERVICES}GetAndPublishCertResponse`);
}
