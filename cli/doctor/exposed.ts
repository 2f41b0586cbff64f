// What stays exposed beside the gateway: places where a stranger who knows a user name can try directory passwords. One
// request is sent to each, and it carries no password. Here is what the checks share.

import type { Doctor } from "./doctor.ts";
import type { Finding } from "./types.ts";
import { type Answer, header, headerLines, type Question, textOf } from "./wire.ts";

/** A place to look at. `what`: its name in the report. */
export type Place = Pick<Question, "host" | "path" | "method" | "headers" | "body"> & {
  readonly what: string;
  /** What closes it. */
  readonly fix: string;
};

/** Those of the hosts that resolve. */
export async function resolving(
  { resolve }: Pick<Doctor, "resolve">,
  hosts: readonly string[],
): Promise<readonly string[]> {
  const found = await Promise.all(hosts.map(async (host) => ((await resolve(host)).kind === "found" ? [host] : [])));
  return [...new Set(found.flat())];
}

/** What a stranger can do at the place that answered so. */
export function judgeExposed({ what, fix }: Pick<Place, "what" | "fix">, answer: Answer): Finding | undefined {
  if (answer.kind === "silent") return undefined;
  const about = `${what}, https://${answer.question.host}${answer.question.path}`;
  const how = takesPassword(answer);
  if (how === undefined) return undefined;
  return {
    ...{ severity: "fault", about, what: `anybody may try directory passwords here (${how})` },
    why: "A stranger who knows a user name guesses the password here, or fails often enough to lock the account in the directory: for the gateway, for Windows and for mail. Postern neither sees nor counts it.",
    fix,
  };
}

/** How an answer asks for a directory password; undefined where it does not. */
export function takesPassword(answer: Extract<Answer, { kind: "heard" }>): string | undefined {
  if (isMicrosoftCloud(answer)) return undefined;
  const schemes = headerLines(answer, "www-authenticate").flatMap((line) =>
    [...line.matchAll(/\b(NTLM|Negotiate|Kerberos|Basic|Digest)\b/gi)].map(([word]) => word),
  );
  if (answer.status === 401 && schemes.length > 0) return `401, ${[...new Set(schemes)].join(", ")}`;
  if (answer.status === 200 && /<input\b[^>]*\btype=["']?password/i.test(textOf(answer)))
    return "a form with a password";
  const to = header(answer, "location");
  if (
    answer.status >= 300 &&
    answer.status < 400 &&
    /\/owa\/auth\/logon|\/auth\/logon\.aspx|\/CookieAuth\.dll|\/my\.policy/i.test(to)
  )
    return "a sign-in page behind a redirect";
  return undefined;
}

/** Exchange Online and Entra ID answer for people in the cloud; no directory inside is asked there directly. */
const isMicrosoftCloud = (answer: Extract<Answer, { kind: "heard" }>): boolean =>
  /\.(prod\.outlook\.com|outlook\.com|office365\.com|microsoftonline\.com)\b/i.test(
    ["x-calculatedfetarget", "x-calculatedbetarget", "x-feproxyinfo", "x-feserver", "location"]
      .map((name) => header(answer, name))
      .join(" "),
  );

/** What every finding of a server of the organisation's own says to do beside. */
export const OWN_LOCKOUT =
  "If it has to stay open, take passwords away from it (certificates, modern authentication), or put it behind a VPN; and set the directory's lockout so that it opens by itself after some minutes.";
