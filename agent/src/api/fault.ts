// Why the gateway did not do what it was asked, with what the person who runs the agent can do about it.

/**
 * `unreachable`: nobody answered, or something that is not the gateway. `closed`: the token opens nothing. `refused`:
 * the API said why not; `code` is one of docs/api.md. `unreadable`: an answer of another shape, so the versions differ.
 */
export type ApiFaultKind = "unreachable" | "closed" | "refused" | "unreadable";

export class ApiFault extends Error {
  readonly kind: ApiFaultKind;
  readonly fix: string;
  /** Of a refusal. */
  readonly code: string | undefined;
  readonly status: number | undefined;

  constructor(
    kind: ApiFaultKind,
    message: string,
    fix: string,
    about: { readonly code?: string; readonly status?: number; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: about.cause });
    this.name = "ApiFault";
    this.kind = kind;
    this.fix = fix;
    this.code = about.code;
    this.status = about.status;
  }
}

/** The fault for an answer that is not a success. `body`: what it says, if that is JSON. */
export function faultOf(status: number, body: unknown, host: string, location: string | undefined): ApiFault {
  if (isProblem(body)) {
    const { code, title, detail = title, fix, requestId = "" } = body;
    const remedy = fix ?? FIXES[code] ?? `The gateway's log says more of it: ${requestId}.`;
    return new ApiFault("refused", `${code}: ${detail}`, remedy, { code, status });
  }
  if (status === 404) {
    return new ApiFault(
      "closed",
      `${host} does not accept the token, or is not the gateway's ADMIN_HOST`,
      "The token may have ended, have been revoked, or be for other networks than this machine's. Make another: postern token create NAME --scope directory --network ADDRESS/32. For a gateway of npm start leave --network out, and set gateway.host (README.md).",
      { status },
    );
  }
  if (status === 403 || location?.includes(".cloudflareaccess.com/") === true) {
    return new ApiFault(
      "closed",
      `Cloudflare Access does not let the agent through to ${host}`,
      "Give gateway.access a service token, and let the Access policy of the admin host accept it (action Service Auth).",
      { status },
    );
  }
  const what = `${host} answered ${status}, which is not an answer of the API`;
  const fix =
    status === 503
      ? "The gateway cannot answer now. Its log says why."
      : "Check that gateway.url is the gateway's ADMIN_HOST.";
  return new ApiFault("unreachable", what, fix, { status });
}

const FIXES: Readonly<Record<string, string>> = {
  "forbidden-scope":
    "The agent's token needs the scope directory: postern token create --scope directory --network ADDRESS.",
};

type Problem = {
  readonly code: string;
  readonly title: string;
  readonly detail?: string;
  readonly fix?: string;
  readonly requestId?: string;
};

const isProblem = (value: unknown): value is Problem =>
  typeof value === "object" && value !== null && "code" in value && typeof value.code === "string" && "title" in value;
