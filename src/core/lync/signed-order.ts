// What a token request that a device signed asks for. The signature is judged elsewhere (core/proof), and mostly it
// does not cover the body. So what is read here is a claim: it says whose guard to ask. The message goes on as it came,
// so it may carry no other credential, which the Front-End could take for the one that counts.

import { ok, type Result, refuse } from "../result.ts";
import { CREDENTIALS, type PlacesFault, readPlaces } from "./ticket-order.ts";
import { readTokenRequest, type TokenRequest, type TokenRequestFault } from "./web-ticket.ts";

/** The credential that is meant, of which core/proof has found exactly one each, in its place. */
const OF_THE_SIGNATURE: ReadonlySet<string> = new Set(["BinarySecurityToken", "SecurityTokenReference", "Signature"]);
const OTHER_CREDENTIALS: ReadonlySet<string> = new Set([...CREDENTIALS].filter((each) => !OF_THE_SIGNATURE.has(each)));

/** Reads the text of a message that core/proof has accepted. */
export function readSignedOrder(xml: string): Result<TokenRequest, TokenRequestFault | PlacesFault> {
  const request = readTokenRequest(xml);
  if (!request.ok) return request;
  const others = readPlaces(xml, new Set(), OTHER_CREDENTIALS);
  return others.ok ? ok(request.value) : refuse(others.reason);
}
