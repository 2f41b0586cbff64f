// Gateways where no sign-in comes about.

import { at, type Broken, challengeOf, changed, isType, replaced } from "./breaking.ts";
import { page, withHeader } from "./zone.ts";

/** What is offered, and the handshake. */
export const SIGN_IN: readonly Broken[] = [
  {
    is: "two challenges in one line",
    check: "challenge",
    says: /2 challenges/,
    fix: /header rule/,
    world: { zone: challengeOf("Negotiate, NTLM") },
  },
  {
    ...{ is: "two lines of challenges", check: "challenge", says: /2 challenges/, fix: /header rule/ },
    world: {
      zone: changed(/webticket/i, (answer) =>
        answer.status === 401 ? { ...answer, headers: [...answer.headers, ["www-authenticate", "Negotiate"]] } : answer,
      ),
    },
  },
  {
    is: "Basic",
    check: "challenge",
    says: /offers Basic/,
    fix: /adds the header/,
    world: { zone: challengeOf('Basic realm="x"') },
  },
  {
    is: "a 401 without a challenge",
    check: "challenge",
    says: /no WWW-Authenticate/,
    fix: /Transform Rules/,
    world: { zone: challengeOf(undefined) },
  },
  {
    is: "Negotiate where NTLM is configured",
    check: "challenge",
    says: /CHALLENGE is NTLM/,
    fix: /Deploy/,
    world: { zone: challengeOf("Negotiate") },
  },
  {
    is: "a page in place of the challenge",
    check: "challenge",
    says: /answers 403/,
    fix: /check clients/,
    world: { zone: at(/oauthtoken/i, page(403)) },
  },
  {
    is: "AD FS's grant",
    check: "grants",
    says: /passive/,
    fix: /AD FS/,
    world: { zone: replaced(/applications/, /urn:microsoft\.rtc:anonmeeting/g, "urn:microsoft.rtc:passive") },
  },
  {
    is: "UCWA without its challenge",
    check: "grants",
    says: /no MsRtcOAuth/,
    fix: /header rule/,
    world: { zone: challengeOf(undefined, /applications/) },
  },
  {
    is: "no grant for NTLM",
    check: "grants",
    says: /no grant for NTLM/,
    fix: /header rule/,
    world: { zone: replaced(/applications/, /urn:microsoft\.rtc:windows,/g, "") },
  },
  {
    is: "services that do not name the ticket service",
    check: "grants",
    says: /X-MS-WebTicketURL/,
    fix: /header rule/,
    world: { zone: changed(/root\/user/i, (answer) => withHeader(answer, "x-ms-webticketurl", undefined)) },
  },
  {
    is: "error pages of the zone",
    check: "grants",
    says: /unknown grant gets 400/,
    fix: /custom error pages/,
    world: { zone: changed(/oauthtoken/i, (answer) => (answer.status === 400 ? page(400, "Sorry") : answer)) },
  },
  {
    is: "metadata with a binding that is closed",
    check: "metadata",
    says: /Pin/,
    fix: /deployed/,
    world: { zone: replaced(/mex/i, /WebTicketServiceAnon"/g, 'WebTicketServicePin"') },
  },
  {
    is: "a page in place of the metadata",
    check: "metadata",
    says: /without a description/,
    fix: /health/,
    world: { zone: at(/mex/i, page(200, "<h1>Hello</h1>")) },
  },
  {
    is: "metadata without Windows sign-in",
    check: "metadata",
    says: /no Windows binding/,
    fix: /UseWindowsAuth/,
    world: { zone: replaced(/mex/i, /WebTicketServiceWin\w+/g, "WebTicketServiceX") },
  },
  {
    is: "Authorization that is taken out",
    check: "ntlm",
    says: /no challenge back/,
    fix: /request header rule/,
    world: {
      zone: {
        before: (request) => ({
          ...request,
          headers: Object.fromEntries(Object.entries(request.headers).filter(([name]) => name !== "authorization")),
        }),
      },
    },
  },
  {
    ...{ is: "a challenge that is cut off", check: "ntlm", says: /cut off or changed/, fix: /limits its length/ },
    world: {
      zone: changed(/oauthtoken/i, (answer) => ({
        ...answer,
        headers: answer.headers.map(
          ([name, value]) => [name, name === "www-authenticate" ? value.slice(0, 200) : value] as const,
        ),
      })),
    },
  },
  {
    ...{ is: "a challenge of IIS", check: "ntlm", says: /no sealed text/, fix: /check answers/ },
    world: {
      zone: {
        before: (request) =>
          request.headers.authorization === undefined
            ? undefined
            : page(401, "", { "www-authenticate": `NTLM ${IIS_CHALLENGE}` }),
      },
    },
  },
  {
    is: "a limit for headers",
    check: "ntlm",
    says: /long Authorization.*431/,
    fix: /WAF rule/,
    world: {
      zone: { before: ({ headers }) => ((headers.authorization ?? "").length > 4_000 ? page(431) : undefined) },
    },
  },
  {
    is: "a rule that stops the answer to the challenge",
    check: "wrong-password",
    says: /gets 403/,
    fix: /WAF/,
    world: { zone: { before: (request) => (isType(3, request) ? page(403) : undefined) } },
  },
  {
    is: "somebody who lets everybody in",
    check: "wrong-password",
    says: /gets 200/,
    fix: /off the net/,
    world: { zone: { before: (request) => (isType(3, request) ? page(200, "{}") : undefined) } },
  },
  {
    is: "a connection that breaks at the answer to the challenge",
    check: "wrong-password",
    says: /gets nothing/,
    fix: /WAF rules/,
    world: { zone: { before: (request) => (isType(3, request) ? "cut" : undefined) } },
  },
  {
    is: "HTTP/2 without challenges",
    check: "http2",
    says: /no challenge/,
    fix: /HTTP\/2 off/,
    world: {
      zone: {
        after: (answer, { over }) => (over === "h2" ? withHeader(answer, "www-authenticate", undefined) : answer),
      },
    },
  },
  {
    is: "HTTP/2 that breaks off",
    check: "http2",
    says: /breaks off/,
    fix: /HTTP\/2 off/,
    world: { zone: { before: ({ over }) => (over === "h2" ? "cut" : undefined) } },
  },
  {
    is: "HTTP/2 that loses Authorization",
    check: "http2",
    says: /no challenge back/,
    fix: /HTTP\/2 off/,
    world: {
      zone: {
        before: (request) =>
          request.over === "h2" ? { ...request, headers: { ...request.headers, authorization: "" } } : undefined,
      },
    },
  },
];

/** A challenge of IIS: the example of MS-NLMP 4.2.4.3. */
const IIS_CHALLENGE = Buffer.from(
  "4e544c4d53535000020000000c000c003800000033828ae20123456789abcdef000000000000000024002400440000000600" +
    "70170000000f53006500720076006500720002000c0044006f006d00610069006e0001000c00530065007200760065007200" +
    "00000000",
  "hex",
).toString("base64");
