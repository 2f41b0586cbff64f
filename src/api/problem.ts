// Every refusal of the API, as `application/problem+json` (RFC 9457). Programs decide by `code`, which never changes.
// `detail` is for people, and a later release may word it differently.

import { refusal } from "../trace/refusal.ts";

/** Every code with its HTTP status and its title. A new code also goes into docs/api.md. */
export const PROBLEMS = {
  "administrator-disabled": [409, "The person may not administrate"],
  "already-done": [409, "The request with this idempotency key was carried out, and its secret is shown only once"],
  "backup-newer": [409, "A newer release made the backup"],
  "bad-policy": [400, "The policy cannot be used"],
  "bad-settings": [400, "The settings cannot be used"],
  "body-too-large": [413, "The body is too large"],
  "code-not-allowed": [409, "App passwords may not ask for a code"],
  "code-required": [409, "App passwords have to ask for a code"],
  "changed-meanwhile": [412, "Somebody changed it meanwhile"],
  "device-id-in-use": [409, "The device id belongs to somebody"],
  "directory-says-no": [409, "The directory does not let the person in"],
  "email-taken": [409, "The email address belongs to another administrator"],
  "forbidden-scope": [403, "The token may not do this"],
  "gateway-not-empty": [409, "The gateway has data"],
  "idempotency-key-reused": [422, "The idempotency key belongs to another request"],
  internal: [500, "The API made a mistake"],
  invalid: [422, "Fields of the request cannot be used"],
  "last-admin": [409, "Nobody could administrate any more"],
  "method-not-allowed": [405, "This path does not take this method"],
  "move-in-progress": [409, "The user is moving to another address"],
  "name-taken": [409, "The name belongs to another user"],
  "no-authority": [409, "The gateway has no authority to ask"],
  "no-authenticator-app": [409, "The user has no authenticator app"],
  "no-console": [409, "The gateway has no console"],
  "no-notice-address": [409, "Nobody is named to whom the mail could go"],
  "no-mail": [409, "The invitation cannot be sent by mail"],
  "no-portal": [409, "The gateway has no portal"],
  "no-such-administrator": [404, "There is no such administrator"],
  "no-such-alias": [404, "The user has no such alias"],
  "no-such-device": [404, "There is no such device"],
  "no-such-event": [404, "There is no such event"],
  "no-such-invitation": [404, "There is no such invitation"],
  "no-such-key": [404, "The device has no such key"],
  "no-such-passkey": [404, "There is no such passkey"],
  "no-such-password": [404, "There is no such app password"],
  "no-such-policy": [404, "There is no such version of the policy"],
  "no-such-resource": [404, "There is no such path"],
  "no-such-run": [409, "No such run is under way"],
  "no-such-session": [404, "There is no such session"],
  "no-such-token": [404, "There is no such token"],
  "no-such-user": [404, "There is no such user"],
  "not-an-alias": [409, "The name is not an alias"],
  "not-for-agents": [409, "An agent cannot have this"],
  "password-has-a-device": [409, "The app password has a device"],
  "policy-changed": [409, "Another policy was applied meanwhile"],
  "precondition-required": [428, "The request needs If-Match"],
  "sealing-key-missing": [409, "The gateway lacks a sealing key"],
  "several-such-devices": [409, "Several devices have such an id"],
  "several-such-keys": [409, "Several keys of the device begin so"],
  "still-running": [409, "The request with this idempotency key is still being carried out"],
  "synced-field": [409, "The directory tells this"],
  "too-many-aliases": [409, "The user has too many aliases"],
  "too-many-passwords": [409, "The user has too many app passwords"],
  "too-many-requests": [429, "The token asks too often"],
  unavailable: [503, "Something the gateway depends on failed"],
  "unsupported-media-type": [415, "The body must be JSON"],
  "unusable-body": [400, "The body cannot be read"],
  "unusable-device": [400, "This cannot be a device's id"],
  "unusable-header": [400, "A header cannot be used"],
  "unusable-name": [400, "This cannot be a user's name"],
  "unusable-network": [400, "This cannot be a network"],
  "unusable-query": [400, "The query or the path cannot be used"],
  "user-disabled": [409, "The user is disabled"],
} as const satisfies Readonly<Record<string, readonly [status: number, title: string]>>;

export type ProblemCode = keyof typeof PROBLEMS;

/**
 * A field that cannot be used. `path` is for example `rows.3.sipUri`; the empty path means the whole body. `line`: of a
 * policy's file, from 1.
 */
export type FieldError = { readonly path: string; readonly message: string; readonly line?: number };

/** Why an operation did not do what was asked. It is returned as a value, never thrown. */
export type Problem = {
  readonly ok: false;
  readonly code: ProblemCode;
  /** One sentence about this very request. It never quotes a secret. */
  readonly detail: string;
  /** What the caller can do about it. */
  readonly fix?: string;
  readonly errors?: readonly FieldError[];
  /** Further facts for programs, such as the id of what was made. */
  readonly more?: Readonly<Record<string, string | number>>;
  readonly headers?: Readonly<Record<string, string>>;
};

/** The problem in the API's JSON. */
export type ProblemAnswer = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ProblemCode;
  readonly fix?: string;
  readonly errors?: readonly FieldError[];
  readonly requestId: string;
};

/** Makes a problem. */
export const problem = (
  code: ProblemCode,
  detail: string,
  rest: Omit<Problem, "ok" | "code" | "detail"> = {},
): Problem => ({ ok: false, code, detail, ...rest });

/** Makes the response for a problem. The log gets the code. */
export function problemResponse({ code, detail, fix, errors, more, headers }: Problem, requestId: string): Response {
  const [status, title] = PROBLEMS[code];
  const body = {
    ...more,
    ...{ type: `urn:postern:problem:${code}`, title, status, detail, code, requestId },
    ...(fix === undefined ? {} : { fix }),
    ...(errors === undefined ? {} : { errors }),
  } satisfies ProblemAnswer;
  const own = { "cache-control": "no-store", "content-type": "application/problem+json" };
  const response = new Response(JSON.stringify(body), { status, headers: { ...headers, ...own } });
  return refusal("admin-request", response, code);
}
