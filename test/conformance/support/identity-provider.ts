// The organisation's identity provider: the certified `oidc-provider` on a loopback port, where whom the test names is
// signed in without typing; and a browser with cookies, which goes where it is sent.

import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Grant, Provider, type ProviderContext } from "oidc-provider";

/** What the provider says of somebody. `sub` is what it calls the person. */
export type Account = { readonly sub: string } & Readonly<Record<string, unknown>>;

export const carol: Account = {
  ...{ sub: "carol-7", email: "carol@contoso.test", email_verified: true, name: "Carol Lee" },
  groups: ["staff", "lync-admins"],
};

export type IdentityProvider = {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** With it the provider signs, so a test can change what a token says and nothing else. Its name is `one`. */
  readonly signingKey: KeyObject;
  /** How often somebody had to sign in. */
  readonly signIns: () => number;
  /** Who signs in from now on; `cancel`: goes back without. */
  readonly next: (who: Account | "cancel") => void;
  /** Where it may send browsers back to from now on. It forgets all its sessions. */
  readonly register: (redirectUri: string) => void;
  readonly stop: () => Promise<void>;
};

export type ProviderOptions = {
  /** Where it may send browsers back to. */
  readonly redirectUris?: readonly string[];
  /** Whether e-mail address and groups are in the ID token; otherwise they have to be asked for. */
  readonly inIdToken?: boolean;
  readonly authentication?: "client_secret_basic" | "client_secret_post";
};

const CLIENT_ID = "postern-console";
/** With characters that the form encoding of `client_secret_basic` has to escape (RFC 6749, 2.3.1). */
const CLIENT_SECRET = "s3cret of+the/console:with~signs-0123456789";

/** Starts one. */
export async function startIdentityProvider(options: ProviderOptions = {}): Promise<IdentityProvider> {
  const { redirectUris = [], inIdToken = false, authentication = "client_secret_basic" } = options;
  const accounts = new Map<string, Account>();
  let person: Account | "cancel" = carol;
  let signIns = 0;
  let handle: ReturnType<Provider["callback"]>;
  let provider: Provider;
  // Node's default would end an idle connection at the moment at which the other side uses it again.
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    if (!request.url?.startsWith("/interaction/")) return void handle(request, response);
    if (person === "cancel") {
      return void provider.interactionFinished(request, response, { error: "access_denied", error_description: "no" });
    }
    signIns++;
    accounts.set(person.sub, person);
    return void provider.interactionFinished(request, response, { login: { accountId: person.sub } });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

  const grantAll = async (ctx: ProviderContext): Promise<Grant> => {
    const grant = new provider.Grant({ accountId: ctx.oidc.session?.accountId, clientId: ctx.oidc.client?.clientId });
    grant.addOIDCScope("openid email profile groups");
    await grant.save();
    return grant;
  };
  const configured = (uris: readonly string[]) => ({
    clients: [
      {
        ...{ client_id: CLIENT_ID, client_secret: CLIENT_SECRET, redirect_uris: uris },
        ...{
          grant_types: ["authorization_code"],
          response_types: ["code"],
          token_endpoint_auth_method: authentication,
        },
      },
    ],
    clientAuthMethods: [authentication],
    clientDefaults: { token_endpoint_auth_method: authentication },
    scopes: ["openid", "email", "profile", "groups"],
    claims: { email: ["email", "email_verified"], profile: ["name"], groups: ["groups"] },
    conformIdTokenClaims: !inIdToken,
    pkce: { required: () => true },
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), kid: "one", alg: "RS256", use: "sig" }] },
    cookies: { keys: ["a key for the cookies of a test"] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_: unknown, interaction: { uid: string }) => `/interaction/${interaction.uid}` },
    ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
    findAccount: (_: unknown, id: string) => {
      const account = accounts.get(id);
      return account === undefined ? undefined : { accountId: id, claims: () => account };
    },
    loadExistingGrant: grantAll,
  });
  const register = (uris: readonly string[]) => {
    provider = new Provider(issuer, configured(uris));
    handle = provider.callback();
  };
  register(redirectUris);
  return {
    register: (uri) => register([uri]),
    ...{ issuer, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, signingKey: privateKey },
    signIns: () => signIns,
    next: (who) => {
      person = who;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The part of `fetch` that a browser needs. */
type Ask = (url: string, init: { method: string; headers: Record<string, string>; body?: string }) => Promise<Response>;

/** A browser: it keeps cookies by origin, and follows redirects. `ask`: for hosts that the machine does not know. */
export function testBrowser(ask: Ask = (url, init) => fetch(url, { ...init, redirect: "manual" })) {
  const jar = new Map<string, Map<string, string>>();
  const visit = async (url: string, extra: Record<string, string> = {}, form?: object): Promise<Response> => {
    const { origin } = new URL(url);
    const cookies = jar.get(origin) ?? new Map<string, string>();
    jar.set(origin, cookies);
    const cookie = Array.from(cookies, ([name, value]) => `${name}=${value}`).join("; ");
    const headers = { ...(cookie === "" ? {} : { cookie }), ...extra };
    const answer = await ask(url, {
      method: form === undefined ? "GET" : "POST",
      headers:
        form === undefined ? headers : { origin, "content-type": "application/x-www-form-urlencoded", ...headers },
      ...(form === undefined ? {} : { body: new URLSearchParams(Object.entries(form)).toString() }),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === "" || /expires=Thu, 01 Jan 1970|max-age=0/i.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return answer;
  };
  return {
    visit,
    /** Follows redirects until one leads to an address that begins so, and does not follow that one. */
    until: async (url: string, end: string): Promise<URL> => {
      let at = url;
      for (let steps = 0; steps < 10; steps++) {
        const answer = await visit(at);
        const location = answer.headers.get("location");
        if (location === null) throw new Error(`${answer.status} at ${at}: ${(await answer.text()).slice(0, 300)}`);
        at = new URL(location, at).href;
        if (at.startsWith(end)) return new URL(at);
      }
      throw new Error(`does not come to ${end}`);
    },
    forget: (origin: string) => jar.delete(origin),
    /** What this browser keeps for an origin. */
    cookies: (origin: string): ReadonlyMap<string, string> => jar.get(origin) ?? new Map(),
  };
}
