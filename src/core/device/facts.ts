// Puts together everything that a device told about itself. The body of its application request counts first, then the
// User-Agent header of its HTTP library, then what its system tells in NTLM. All of these are only claims (types.ts).

import { printable } from "../text/printable.ts";
import type { ApplicationRequest } from "./application-request.ts";
import { MAX_CULTURE_CHARS, MAX_WORKSTATION_CHARS } from "./bounds.ts";
import { productNamed } from "./products.ts";
import type { DeviceFacts, DeviceType, Platform } from "./types.ts";
import { factsFromUserAgent, type UserAgentFacts } from "./user-agent.ts";

/** The sources of the facts. */
export type FactSources = {
  /** Only from a client that creates an application. */
  readonly application?: Pick<ApplicationRequest, "userAgent" | "type" | "culture">;
  readonly httpUserAgent: string;
  /** The machine's name in the authenticate message of the sign-in. Empty if there was none. */
  readonly workstation: string;
  /**
   * The version in the authenticate message, `major.minor.build` (`versionText`). If Windows wrote it, that of Windows.
   */
  readonly ntlmVersion?: string;
};

/** What a device told about itself. Every text is printable and within the bounds of bounds.ts. */
export function deviceFacts({ application, httpUserAgent, workstation, ntlmVersion }: FactSources): DeviceFacts {
  const http = factsFromUserAgent(httpUserAgent);
  const told = application === undefined ? http : merged(factsFromUserAgent(application.userAgent), http);
  const namedType = DEVICE_TYPES.get(application?.type.toLowerCase() ?? "");
  const platform = platformOf(told, namedType, workstation);
  return {
    ...told,
    platform,
    type: namedType ?? told.type,
    os: osOf(told, platform, ntlmVersion),
    workstation: printable(workstation, MAX_WORKSTATION_CHARS),
    culture: printable(application?.culture ?? "", MAX_CULTURE_CHARS),
  };
}

/**
 * Merges two sources when they agree on the platform or when one does not know it. Otherwise they describe two
 * different things, and only the first counts.
 */
function merged(first: UserAgentFacts, second: UserAgentFacts): UserAgentFacts {
  if (first.product === "") return { ...second, userAgent: first.userAgent || second.userAgent };
  if (first.platform !== "unknown" && second.platform !== "unknown" && first.platform !== second.platform) return first;
  return {
    ...first,
    model: first.model || second.model,
    os: first.os || second.os,
    platform: first.platform === "unknown" ? second.platform : first.platform,
    type: first.type === "unknown" ? second.type : first.type,
  };
}

/** The `type` of an application request, in lower case. */
const DEVICE_TYPES: ReadonlyMap<string, DeviceType> = new Map([
  ["phone", "phone"],
  ["tablet", "tablet"],
  ["desktop", "desktop"],
  ["browser", "browser"],
]);

/** iOS and iPadOS always send this in NTLM instead of a machine's name. */
const IOS_WORKSTATION = "MOBILE";

function platformOf(told: UserAgentFacts, namedType: DeviceType | undefined, workstation: string): Platform {
  if (told.platform !== "unknown") return told.platform;
  if (namedType === "browser") return "web";
  return workstation.toUpperCase() === IOS_WORKSTATION ? "ios" : "unknown";
}

/**
 * The operating system. NTLM tells the build of Windows, which no User-Agent tells. Other systems send invented
 * versions, so NTLM's version counts only with a Windows product.
 */
function osOf(told: UserAgentFacts, platform: Platform, ntlmVersion: string | undefined): string {
  const isWindows = platform === "windows" && productNamed(told.product)?.platform === "windows";
  const isVersion = ntlmVersion !== undefined && /^[1-9]\d{0,2}\.\d{1,3}\.\d{1,5}$/.test(ntlmVersion);
  return isWindows && isVersion ? `Windows ${ntlmVersion}` : told.os;
}
