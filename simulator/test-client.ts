// The HTTP client of the simulator's own tests. It uses node:http and not fetch, because fetch changes paths and joins
// repeated header lines.

import { type Agent, request as httpRequest } from "node:http";
import type { Simulator } from "./simulator.ts";

/** A request to one virtual host of the simulator. */
export interface TestRequest {
  readonly path: string;
  readonly host?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** A keep-alive agent with one socket makes several requests share a connection. */
  readonly agent?: Agent;
  readonly signal?: AbortSignal;
}

export interface TestResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** All lines of one name, in order. */
  lines(name: string): readonly string[];
  readonly bytes: Uint8Array;
  readonly text: string;
}

/** Sends one request and reads the whole answer. */
export function send(simulator: Pick<Simulator, "url" | "hosts">, request: TestRequest): Promise<TestResponse> {
  const { hostname, port } = new URL(simulator.url);
  const headers: Record<string, string> = { host: request.host ?? simulator.hosts.web, ...request.headers };
  const { path, method = "GET", agent, signal } = request;
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({ hostname, port, path, method, headers, agent, signal }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const pairs = response.rawHeaders.flatMap((name, i, all) => (i % 2 === 0 ? [[name, all[i + 1] ?? ""]] : []));
        const lines = (name: string): string[] =>
          pairs.filter(([other]) => other?.toLowerCase() === name.toLowerCase()).map(([, value]) => value ?? "");
        const flat = Object.fromEntries(pairs.map(([name = "", value = ""]) => [name.toLowerCase(), value]));
        const bytes = Buffer.concat(chunks);
        resolve({
          status: response.statusCode ?? 0,
          headers: flat,
          lines,
          bytes,
          text: bytes.toString("utf8"),
        });
      });
    });
    outgoing.on("error", reject);
    outgoing.end(request.body);
  });
}

/** Asks the connector for a sign-on. Returns the Authorization value, or undefined if the connector refuses. */
export async function authorizationFor(simulator: Simulator, user: string): Promise<string | undefined> {
  const response = await fetch(`${simulator.connectorUrl}/v1/authorization`, {
    method: "POST",
    headers: { authorization: `Bearer ${simulator.connectorKey}` },
    body: JSON.stringify({ user, service: `http/${simulator.hosts.web}` }),
  });
  const { authorization } = (await response.json()) as { authorization?: string };
  return authorization;
}

/** A request for a web ticket as SIPE writes it. `sipUri`: the claim. `entropy`: the client's 32 bytes in base64. */
export const ticketRequest = (options: {
  tokenType: "saml" | "cwt";
  appliesTo: string;
  sipUri: string;
  entropy: string;
  security?: string;
}): string =>
  `<?xml version="1.0"?>\r\n<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" ` +
  `xmlns:wst="http://docs.oasis-open.org/ws-sx/ws-trust/200512" ` +
  `xmlns:auth="http://schemas.xmlsoap.org/ws/2006/12/authorization" xmlns:wsa="http://www.w3.org/2005/08/addressing" ` +
  `xmlns:wsp="http://schemas.xmlsoap.org/ws/2004/09/policy" ` +
  `xmlns:wsse="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd" ` +
  `xmlns:wsu="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd" >` +
  `${options.security === undefined ? "" : `<soap:Header><wsse:Security>${options.security}</wsse:Security></soap:Header>`}` +
  ` <soap:Body><wst:RequestSecurityToken Context="6b29fc40-ca47-1067-b31d-00dd010662da">` +
  ` <wst:TokenType>${TOKEN_TYPES[options.tokenType]}</wst:TokenType>` +
  ` <wst:RequestType>http://schemas.xmlsoap.org/ws/2005/02/trust/Issue</wst:RequestType>` +
  ` <wsp:AppliesTo>  <wsa:EndpointReference>   <wsa:Address>${options.appliesTo}</wsa:Address>` +
  `  </wsa:EndpointReference> </wsp:AppliesTo>` +
  ` <wst:Claims Dialect="urn:component:Microsoft.Rtc.WebAuthentication.2010:authclaims">` +
  `  <auth:ClaimType Uri="http://schemas.xmlsoap.org/ws/2005/05/identity/claims/uri" Optional="false">` +
  `   <auth:Value>${options.sipUri}</auth:Value>  </auth:ClaimType> </wst:Claims>` +
  ` <wst:Entropy>  <wst:BinarySecret>${options.entropy}</wst:BinarySecret> </wst:Entropy>` +
  ` <wst:KeyType>http://docs.oasis-open.org/ws-sx/ws-trust/200512/SymmetricKey</wst:KeyType>` +
  `</wst:RequestSecurityToken></soap:Body></soap:Envelope>`;

const TOKEN_TYPES = {
  saml: "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV1.1",
  cwt: "urn:component:Microsoft.Rtc.WebAuthentication.2010:user-cwt-1",
} as const;

export const SOAP_HEADERS: Readonly<Record<string, string>> = {
  "content-type": "text/xml",
  soapaction: '"http://docs.oasis-open.org/ws-sx/ws-trust/200512/RST/Issue"',
};

export const FORM_HEADERS: Readonly<Record<string, string>> = {
  "content-type": "application/x-www-form-urlencoded;charset=UTF-8",
};

/** Signs alice on and gets a compact ticket for her; the text begins with `cwt=`. */
export async function compactTicketFor(simulator: Simulator, upn: string): Promise<string> {
  const response = await send(simulator, {
    path: "/WebTicket/oauthtoken",
    method: "POST",
    headers: { ...FORM_HEADERS, authorization: (await authorizationFor(simulator, upn)) ?? "" },
    body: "grant_type=urn:microsoft.rtc:windows",
  });
  return (JSON.parse(response.text) as { access_token: string }).access_token;
}
