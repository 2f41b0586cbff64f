// Service metadata: the WSDL that `<service>/mex` answers without authentication. Clients learn from it where the web
// ticket service is (Issuer in the policy of the port they want), whether the ticket needs a proof (endorsing token) or
// not (signed token), and under which port name and address each credential is taken (MS-OCAUTHWS 1.3.1.1).

import { type Answer, answer, type Exchange, methodNotAllowed } from "./exchange.ts";
import type { FrontEnd } from "./front-end.ts";
import { escapeXml } from "./xml.ts";

const NAMESPACES =
  'xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" ' +
  'xmlns:wsp="http://schemas.xmlsoap.org/ws/2004/09/policy" ' +
  'xmlns:wsu="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd" ' +
  'xmlns:sp="http://docs.oasis-open.org/ws-sx/ws-securitypolicy/200702" ' +
  'xmlns:wsa10="http://www.w3.org/2005/08/addressing" xmlns:xsd="http://www.w3.org/2001/XMLSchema"';

interface Port {
  readonly name: string;
  readonly address: string;
  /** Which supporting token the port's policy asks for; none where the credential is not a web ticket. */
  readonly token?: "EndorsingSupportingTokens" | "SignedSupportingTokens";
}

/** Metadata of the web ticket service: one port per credential. */
export const webTicketMetadata = (frontEnd: FrontEnd, exchange: Exchange): Answer => {
  const service = frontEnd.links.webTicketService;
  return metadata(frontEnd, exchange, "WebTicketService", [
    { name: "WebTicketServiceWinNegotiate", address: service },
    { name: "WebTicketServiceWinNtlm", address: service },
    { name: "WebTicketServiceCert", address: `${service}/Cert` },
    { name: "WebTicketServicePin", address: `${service}/Pin` },
    { name: "WebTicketServiceAuth", address: `${service}/Auth` },
    { name: "WebTicketServiceAnon", address: `${service}/Anon` },
  ]);
};

/** Metadata of certificate provisioning: a ticket whose holder proves to have its key. */
export const certProvMetadata = (frontEnd: FrontEnd, exchange: Exchange): Answer =>
  metadata(frontEnd, exchange, "CertProvisioningService", [
    {
      name: "CertProvisioningServiceWebTicketProof_SHA1",
      address: `${frontEnd.links.certProvisioning}/WebTicket_Proof_SHA1`,
      token: "EndorsingSupportingTokens",
    },
    { name: "CertProvisioningServiceAnon", address: `${frontEnd.links.certProvisioning}/anon` },
  ]);

/** Metadata of group expansion and address-book search: a bearer ticket. */
export const groupExpansionMetadata = (frontEnd: FrontEnd, exchange: Exchange): Answer =>
  metadata(frontEnd, exchange, "DistributionListExpander", [
    {
      name: "AddressBookWebTicketBearer",
      address: `${frontEnd.links.groupExpansion}/WebTicket_Bearer`,
      token: "SignedSupportingTokens",
    },
    { name: "DLXWindows", address: frontEnd.links.groupExpansion },
  ]);

function metadata(frontEnd: FrontEnd, exchange: Exchange, service: string, ports: readonly Port[]): Answer {
  if (exchange.method !== "GET") return methodNotAllowed("GET");
  const policies = ports.map((port) => policyOf(port, frontEnd.links.webTicketService)).join("");
  const listed = ports
    .map(
      ({ name, address }) =>
        `<wsdl:port name="${name}" binding="tns:${name}"><soap:address location="${escapeXml(address)}"/></wsdl:port>`,
    )
    .join("");
  const text =
    `<?xml version="1.0" encoding="utf-8"?><wsdl:definitions name="${service}" targetNamespace="http://tempuri.org/" ` +
    `xmlns:tns="http://tempuri.org/" ${NAMESPACES}>${policies}` +
    `<wsdl:service name="${service}">${listed}</wsdl:service></wsdl:definitions>`;
  return answer(200, "text/xml; charset=UTF-8", text);
}

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
