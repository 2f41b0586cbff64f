// How native clients ask for a service's metadata: a WS-Transfer Get, as .NET's metadata client words it.

import type { TestRequest } from "../../../simulator/test-client.ts";

/** The services that have metadata. */
export const SERVICES = [
  "/WebTicket/WebTicketService.svc",
  "/CertProv/CertProvisioningService.svc",
  "/GroupExpansion/service.svc",
] as const;

const GET = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Get";
const SOAP = {
  "1.1": {
    namespace: "http://schemas.xmlsoap.org/soap/envelope/",
    headers: { "content-type": "text/xml; charset=utf-8", soapaction: `"${GET}"` },
  },
  "1.2": {
    namespace: "http://www.w3.org/2003/05/soap-envelope",
    headers: { "content-type": `application/soap+xml; charset=utf-8; action="${GET}"` },
  },
} as const;

/** The request in that version of SOAP. */
export function metadataGet(
  path: string,
  version: keyof typeof SOAP,
  { id = "urn:uuid:6b29fc40-ca47-4067-b31d-00dd010662da" } = {},
): TestRequest & { readonly body: string } {
  const { namespace, headers } = SOAP[version];
  const body =
    `<s:Envelope xmlns:s="${namespace}" xmlns:a="http://www.w3.org/2005/08/addressing"><s:Header>` +
    `<a:Action s:mustUnderstand="1">${GET}</a:Action><a:MessageID>${id}</a:MessageID><a:ReplyTo>` +
    "<a:Address>http://www.w3.org/2005/08/addressing/anonymous</a:Address></a:ReplyTo>" +
    `<a:To s:mustUnderstand="1">https://web.contoso.test${path}</a:To></s:Header><s:Body/></s:Envelope>`;
  return { path, method: "POST", headers, body };
}
