// Service metadata: the WSDL that `<service>/mex` gives to everybody. It tells clients where the web ticket service is
// (Issuer in the policy of the port that they want), whether the ticket needs a proof (endorsing token) or not (signed
// token), and the name and address of the port for each kind of credential (MS-OCAUTHWS 1.3.1.1). Native clients post a
// WS-Transfer Get, as a rule in SOAP 1.2, and find the same document in a MetadataSection of the answer.

import { type Answer, answer, bodyText, type Exchange, methodNotAllowed } from "./exchange.ts";
import type { FrontEnd } from "./front-end.ts";
import { passivePorts } from "./passive-sign-on.ts";
import { actionNotSupported, parseSoap, SOAP_11, SOAP_12, type SoapMessage } from "./soap.ts";
import { descend, escapeXml, textOf } from "./xml.ts";

const TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer";
const WSDL = "http://schemas.xmlsoap.org/wsdl/";

const NAMESPACES =
  'xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" ' +
  'xmlns:wsp="http://schemas.xmlsoap.org/ws/2004/09/policy" ' +
  'xmlns:wsu="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd" ' +
  'xmlns:sp="http://docs.oasis-open.org/ws-sx/ws-securitypolicy/200702" ' +
  'xmlns:wsa10="http://www.w3.org/2005/08/addressing" xmlns:xsd="http://www.w3.org/2001/XMLSchema"';

interface Port {
  readonly name: string;
  readonly address: string;
  /** The supporting token for which the port's policy asks. Undefined if the credential is not a web ticket. */
  readonly token?: "EndorsingSupportingTokens" | "SignedSupportingTokens";
}

/** Metadata of the web ticket service: one port per credential. */
export const webTicketMetadata = (frontEnd: FrontEnd, exchange: Exchange): Promise<Answer> => {
  const service = frontEnd.links.webTicketService;
  return metadata(frontEnd, exchange, "WebTicketService", [
    { name: "WebTicketServiceWinNegotiate", address: service },
    { name: "WebTicketServiceWinNtlm", address: service },
    { name: "WebTicketServiceCert", address: `${service}/Cert` },
    { name: "WebTicketServicePin", address: `${service}/Pin` },
    { name: "WebTicketServiceAuth", address: `${service}/Auth` },
    { name: "WebTicketServiceAnon", address: `${service}/Anon` },
    ...passivePorts(frontEnd),
  ]);
};

/** Metadata of certificate provisioning, which takes a ticket with a proof of its key. */
export const certProvMetadata = (frontEnd: FrontEnd, exchange: Exchange): Promise<Answer> =>
  metadata(frontEnd, exchange, "CertProvisioningService", [
    {
      name: "CertProvisioningServiceWebTicketProof_SHA1",
      address: `${frontEnd.links.certProvisioning}/WebTicket_Proof_SHA1`,
      token: "EndorsingSupportingTokens",
    },
    { name: "CertProvisioningServiceAnon", address: `${frontEnd.links.certProvisioning}/anon` },
  ]);

/** Metadata of group expansion and address-book search, which take a bearer ticket. */
export const groupExpansionMetadata = (frontEnd: FrontEnd, exchange: Exchange): Promise<Answer> =>
  metadata(frontEnd, exchange, "DistributionListExpander", [
    {
      name: "AddressBookWebTicketBearer",
      address: `${frontEnd.links.groupExpansion}/WebTicket_Bearer`,
      token: "SignedSupportingTokens",
    },
    { name: "DLXWindows", address: frontEnd.links.groupExpansion },
  ]);

async function metadata(
  frontEnd: FrontEnd,
  exchange: Exchange,
  service: string,
  ports: readonly Port[],
): Promise<Answer> {
  const definitions = definitionsOf(frontEnd, service, ports);
  if (exchange.method === "POST") return transferGet(exchange, definitions);
  if (exchange.method !== "GET") return methodNotAllowed("GET, POST");
  return answer(200, "text/xml; charset=UTF-8", `<?xml version="1.0" encoding="utf-8"?>${definitions}`);
}

function definitionsOf(frontEnd: FrontEnd, service: string, ports: readonly Port[]): string {
  const policies = ports.map((port) => policyOf(port, frontEnd.links.webTicketService)).join("");
  const listed = ports
    .map(
      ({ name, address }) =>
        `<wsdl:port name="${name}" binding="tns:${name}"><soap:address location="${escapeXml(address)}"/></wsdl:port>`,
    )
    .join("");
  return (
    `<wsdl:definitions name="${service}" targetNamespace="http://tempuri.org/" ` +
    `xmlns:tns="http://tempuri.org/" ${NAMESPACES}>${policies}` +
    `<wsdl:service name="${service}">${listed}</wsdl:service></wsdl:definitions>`
  );
}

/**
 * Answers in the SOAP version of the request. As WCF does, it answers 415 if the content type is that of another
 * version.
 */
async function transferGet(exchange: Exchange, definitions: string): Promise<Answer> {
  const message = parseSoap(await bodyText(exchange));
  const version = message && versionOf(message);
  if (!message || !version?.type.test(exchange.header("content-type") ?? "")) return answer(415, "text/plain", "");
  const action = descend(message.header, "Action");
  if (textOf(action) !== `${TRANSFER}/Get`) return actionNotSupported(textOf(action));
  const text =
    `<s:Envelope xmlns:s="${version.namespace}" xmlns:a="${action?.uri ?? ""}"><s:Header>` +
    `<a:Action s:mustUnderstand="1">${TRANSFER}/GetResponse</a:Action>` +
    `<a:RelatesTo>${escapeXml(textOf(descend(message.header, "MessageID")))}</a:RelatesTo></s:Header><s:Body>` +
    '<Metadata xmlns="http://schemas.xmlsoap.org/ws/2004/09/mex">' +
    `<MetadataSection Dialect="${WSDL}" Identifier="http://tempuri.org/" xmlns="">${definitions}</MetadataSection>` +
    "</Metadata></s:Body></s:Envelope>";
  return answer(200, version.answered, text);
}

const versionOf = ({ namespace }: SoapMessage) =>
  [
    { namespace: SOAP_11, type: /^text\/xml\b/i, answered: "text/xml; charset=utf-8" },
    { namespace: SOAP_12, type: /^application\/soap\+xml\b/i, answered: "application/soap+xml; charset=utf-8" },
  ].find((version) => version.namespace === namespace);

/** A policy is a child of the root whose Id is the port's name with "_policy" behind it. */
function policyOf({ name, token }: Port, issuer: string): string {
  const supporting =
    token === undefined
      ? ""
      : `<sp:${token}><wsp:Policy><sp:IssuedToken sp:IncludeToken="http://docs.oasis-open.org/ws-sx/ws-securitypolicy/` +
        `200702/IncludeToken/AlwaysToRecipient"><sp:Issuer><wsa10:Address>${escapeXml(issuer)}</wsa10:Address></sp:Issuer>` +
        `</sp:IssuedToken></wsp:Policy></sp:${token}>`;
  return (
    `<wsp:Policy wsu:Id="${name}_policy"><wsp:ExactlyOne><wsp:All>${supporting}<sp:TransportBinding><wsp:Policy/>` +
    `</sp:TransportBinding></wsp:All></wsp:ExactlyOne></wsp:Policy>`
  );
}
