// How a gateway is broken: what a table of broken gateways says of each, and the ways to break one.

import type { World } from "./organisation.ts";
import { textOf, withHeader, type ZoneAnswer, type ZoneRequest } from "./zone.ts";

/** One broken gateway. */
export type Broken = {
  readonly is: string;
  readonly check: string;
  readonly says: RegExp;
  readonly fix: RegExp;
  readonly world: World;
};

export const WEB = "web.contoso.test";
export const DISCOVERY = "lyncdiscover.contoso.test";
export const MEET = "meet.contoso.test";
export const IIS = { server: "Microsoft-IIS/8.5", "x-powered-by": "ASP.NET" };

export const on = (host: string, answer: ZoneAnswer | "cut") => ({
  before: (request: ZoneRequest) => (request.host === host ? answer : undefined),
});
export const at = (path: RegExp, answer: ZoneAnswer | "cut") => ({
  before: (request: ZoneRequest) => (path.test(request.path) ? answer : undefined),
});
export const changed = (path: RegExp, change: (answer: ZoneAnswer, request: ZoneRequest) => ZoneAnswer | "cut") => ({
  after: (answer: ZoneAnswer, request: ZoneRequest) => (path.test(request.path) ? change(answer, request) : answer),
});
export const replaced = (path: RegExp, from: string | RegExp, to: string) =>
  changed(path, (answer) => {
    const body = textOf(answer).replaceAll(from, to);
    const headers = answer.headers.map(
      ([name, value]) =>
        [name, name === "content-length" ? String(Buffer.byteLength(body)) : value.replaceAll(from, to)] as const,
    );
    return { ...answer, headers, body };
  });
export const challengeOf = (value: string | undefined, path = /webticket/i) =>
  changed(path, (answer, { headers }) =>
    answer.status === 401 && headers.authorization === undefined
      ? withHeader(answer, "www-authenticate", value)
      : answer,
  );
export const forAgent = (agent: RegExp, answer: ZoneAnswer) => ({
  before: ({ headers }: ZoneRequest) => (agent.test(headers["user-agent"] ?? "none") ? answer : undefined),
});
/** Whether the request carries an NTLM message of that type. */
export const isType = (type: number, { headers }: ZoneRequest): boolean => {
  const [, text = ""] = /^NTLM (\S+)$/.exec(headers.authorization ?? "") ?? [];
  return Buffer.from(text, "base64")[8] === type;
};
