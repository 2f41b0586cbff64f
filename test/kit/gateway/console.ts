// The console as somebody who is signed in uses it, without a browser: a person and a session straight in D1, and
// requests as a browser sends them, with cookie, `Origin` and the token of the forms.

import { createHash } from "node:crypto";
import type { LocalGateway } from "../../../local/gateway.ts";
import type { TestRequest, TestResponse } from "../../../simulator/test-client.ts";
import type { AdministratorRole } from "../../../src/core/credentials/api-scopes.ts";
import { newAdministratorId, newSessionId } from "../../../src/store/ids.ts";
import { csrfToken } from "../../../src/web/csrf.ts";
import { newSecret } from "../../../src/web/secret.ts";

const HOUR_MS = 3_600_000;

/** What a form has: a value, several of one name, or none. */
type Fields = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What a test may say of the person or the session. Ages in milliseconds. */
type Having = {
  readonly name?: string;
  /** How long ago the person proved to be there. Default: just now, so nothing asks for a passkey. */
  readonly provedAgo?: number;
  /** Sent with every request, such as `accept-language`. */
  readonly headers?: Readonly<Record<string, string>>;
};

/** Somebody at the console. */
export type ConsoleUser = {
  readonly administratorId: string;
  readonly email: string;
  /** `name=secret`, as the header `Cookie` has it. */
  readonly cookie: string;
  readonly csrf: string;
  /** Reads a page. */
  readonly get: (path: string, headers?: Readonly<Record<string, string>>) => Promise<TestResponse>;
  /** Sends a form. `csrf` is added unless the fields have it. */
  readonly post: (path: string, fields?: Fields, headers?: Readonly<Record<string, string>>) => Promise<TestResponse>;
};

/** Adds somebody with that role, and signs the person in. */
export async function consoleAs(
  gateway: Pick<LocalGateway, "consoleHost" | "execute"> & {
    readonly send: (request: TestRequest) => Promise<TestResponse>;
  },
  role: AdministratorRole,
  { name = `Carol ${role}`, provedAgo = 0, headers: always = {} }: Having = {},
): Promise<ConsoleUser> {
  const [administratorId, sessionId, secret] = [newAdministratorId(), newSessionId(), newSecret()];
  const email = `${administratorId}@contoso.test`;
  const hash = createHash("sha256").update(secret).digest("hex");
  const now = Date.now();
  await gateway.execute([
    `INSERT INTO administrators (id, name, email, role, created_at, created_by)
     VALUES ('${administratorId}', '${name.replaceAll("'", "''")}', '${email}', '${role}', ${now}, 'key')`,
    `INSERT INTO web_sessions (hash, id, administrator_id, created_at, seen_at, expires_at, fresh_at, how, source, user_agent)
     VALUES ('${hash}', '${sessionId}', '${administratorId}', ${now}, ${now}, ${now + 12 * HOUR_MS}, ${now - provedAgo},
             'passkey', '192.0.2.1', 'test')`,
  ]);
  const cookie = `__Host-postern-console=${secret}`;
  const csrf = csrfToken(secret);
  const host = gateway.consoleHost;
  return {
    ...{ administratorId, email, cookie, csrf },
    get: (path, headers = {}) => gateway.send({ host, path, headers: { cookie, ...always, ...headers } }),
    post: (path, fields = {}, headers = {}) => {
      const pairs = Object.entries({ csrf, ...fields }).flatMap(([field, given]) =>
        [given ?? []].flat().map((value): [string, string] => [field, value]),
      );
      const form = { "content-type": "application/x-www-form-urlencoded", origin: `http://${host}` };
      const body = new URLSearchParams(pairs).toString();
      return gateway.send({
        ...{ host, path, method: "POST", body },
        headers: { cookie, ...form, ...always, ...headers, "content-length": String(Buffer.byteLength(body)) },
      });
    },
  };
}
