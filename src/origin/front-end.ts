// The port to the Front-End pool's external web site. Two adapters: a Workers VPC service binding, which only this
// Worker can use and which keeps the original Host because the URL's host fills it; and a tunnel host name behind
// Cloudflare Access, where cloudflared's `httpHostHeader` restores the Host, so each public host has a tunnel name of
// its own.

/** One request to the Front-End. Throws when the Front-End cannot be reached. */
export type FrontEndRequest = {
  /** Public host the client asked for: the Host the Front-End must see. */
  readonly host: string;
  /** Path and query, canonical. */
  readonly pathAndQuery: string;
  readonly method: string;
  readonly headers: Headers | Readonly<Record<string, string>>;
  readonly body: BodyInit | null;
  /** Ends the request before its answer. */
  readonly signal: AbortSignal | undefined;
};

/** The Front-End, however it is reached. Redirects are the client's to follow. */
export type FrontEnd = { readonly fetch: (request: FrontEndRequest) => Promise<Response> };

const init = (request: FrontEndRequest, headers: FrontEndRequest["headers"]): RequestInit => ({
  method: request.method,
  headers,
  body: request.body,
  redirect: "manual",
  encodeResponseBody: "manual", // bytes as they come, and a length that is theirs: a compressed download keeps both
  // Cloudflare neither answers from its cache nor keeps an answer there, whatever a cache rule of the tunnel's zone
  // says (S-35).
  cache: "no-store",
  ...(request.signal === undefined ? {} : { signal: request.signal }),
});

/** Through a service binding in the shape of Workers VPC: the binding decides where it connects. */
export function bindingFrontEnd(binding: Fetcher): FrontEnd {
  return {
    fetch: (request) => binding.fetch(`https://${request.host}${request.pathAndQuery}`, init(request, request.headers)),
  };
}

/** Through one tunnel host name per public host, with an Access service token. */
export function tunnelFrontEnd(
  origins: ReadonlyMap<string, string>,
  token: { readonly clientId: string; readonly clientSecret: string },
): FrontEnd {
  return {
    fetch: async (request) => {
      const origin = origins.get(request.host);
      if (origin === undefined) throw new Error(`no tunnel for ${request.host}`);
      const headers = new Headers(request.headers);
      headers.set("cf-access-client-id", token.clientId);
      headers.set("cf-access-client-secret", token.clientSecret);
      return fetch(`${origin}${request.pathAndQuery}`, init(request, headers));
    },
  };
}
