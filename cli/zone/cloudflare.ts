// Cloudflare's API, as much of it as `postern zone` needs: the zone of a host, its settings, and its rules. The token is
// in a header and nowhere else.

import { isIP } from "node:net";
import { failure, usage } from "../fault.ts";
import { ZONE_SETTINGS, type ZoneRule } from "./rules.ts";

const API = "https://api.cloudflare.com/client/v4";
const WITHIN_MS = 30_000;
/** Cloudflare's answers to these questions have some kilobytes. */
const MAX_ANSWER_CHARS = 4 * 1024 * 1024;

/** What became of a rule. */
export type Applied = "added" | "changed" | "as it was";

type Known = { readonly id: string; readonly ref?: string };
type Answered = { readonly status: number; readonly result: unknown; readonly says: string };
type Environment = Readonly<Record<string, string | undefined>>;

/** One account's door to the API. */
export class Cloudflare {
  readonly #base: string;
  readonly #token: string;

  constructor(base: string, token: string) {
    this.#base = base;
    this.#token = token;
  }

  /** Throws a fault where no token is given. The names of the variables are wrangler's. */
  static of(env: Environment): Cloudflare {
    const token = env.CLOUDFLARE_API_TOKEN ?? "";
    if (token === "") {
      throw usage(
        "CLOUDFLARE_API_TOKEN is not set",
        "Make a token at dash.cloudflare.com/profile/api-tokens with Zone Read, Zone Settings Read, Config Rules Edit, Cache Rules Edit and WAF Edit for this zone, and give it in that variable. `postern zone rules` prints the rules without a token.",
      );
    }
    const base = env.CLOUDFLARE_API_BASE_URL ?? API;
    if (!trustworthy(base)) {
      throw usage(
        "CLOUDFLARE_API_BASE_URL is not an https address",
        "Take it out: the token would travel in the clear.",
      );
    }
    return new Cloudflare(base, token);
  }

  /** The id of a zone by its name. Throws a fault where the token sees no such zone. */
  async zoneId(name: string): Promise<string> {
    const { result } = await this.#asked("GET", `/zones?name=${encodeURIComponent(name)}`);
    const [zone] = Array.isArray(result) ? (result as Known[]) : [];
    if (zone !== undefined) return zone.id;
    throw failure(`the token sees no zone "${name}"`, "Name the zone with --zone, and let the token read it.");
  }

  /** The settings whose value is another one than Postern's clients need. */
  async otherSettings(zone: string): Promise<readonly { id: string; value: string; wanted: string; why: string }[]> {
    const found = [];
    for (const { id, wanted, why } of ZONE_SETTINGS) {
      const { status, result } = await this.#asked("GET", `/zones/${zone}/settings/${id}`, undefined, [403, 404]);
      const value = status === 200 ? String((result as { value?: unknown } | null)?.value ?? "") : "not known";
      if (!wanted.includes(value)) found.push({ id, value, wanted: wanted.join(" or "), why });
    }
    return found;
  }

  /** Puts a rule in place, or changes the one that is there under the same `ref`. Other rules stay as they are. */
  async apply(zone: string, { phase, rule }: ZoneRule): Promise<Applied> {
    const entry = `/zones/${zone}/rulesets/phases/${phase}/entrypoint`;
    const { status, result } = await this.#asked("GET", entry, undefined, [404]);
    if (status === 404) {
      const whole = { name: "default", kind: "zone", phase, rules: [rule] };
      await this.#asked("POST", `/zones/${zone}/rulesets`, whole);
      return "added";
    }
    const { id, rules = [] } = result as { id: string; rules?: readonly (Known & Record<string, unknown>)[] };
    const there = rules.find(({ ref }) => ref === rule.ref);
    if (there === undefined) {
      await this.#asked("POST", `/zones/${zone}/rulesets/${id}/rules`, rule);
      return "added";
    }
    if (Object.entries(rule).every(([name, value]) => same(there[name], value))) return "as it was";
    await this.#asked("PATCH", `/zones/${zone}/rulesets/${id}/rules/${there.id}`, rule);
    return "changed";
  }

  async #asked(method: string, path: string, body?: unknown, also: readonly number[] = []): Promise<Answered> {
    const answered = await this.#sent(method, path, body);
    if (answered.status === 200 || also.includes(answered.status)) return answered;
    const what = `Cloudflare answered ${answered.status} to ${method} ${path.replace(/\?.*/, "")}`;
    if (answered.status === 401 || answered.status === 403) {
      throw failure(`${what}: the token may not do this`, "Give it the permissions that `postern zone --help` names.");
    }
    throw failure(`${what}${answered.says}`, "Look at the rules in the dashboard, and run the command again.");
  }

  async #sent(method: string, path: string, body: unknown): Promise<Answered> {
    try {
      const answer = await fetch(`${this.#base}${path}`, {
        ...{ method, redirect: "manual", signal: AbortSignal.timeout(WITHIN_MS) },
        headers: { authorization: `Bearer ${this.#token}`, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = (await answer.text()).slice(0, MAX_ANSWER_CHARS);
      const { result, errors = [] } = JSON.parse(text) as { result?: unknown; errors?: { message?: string }[] };
      const says = errors.map(({ message = "" }) => `: ${message.slice(0, 200)}`).join("");
      return { status: answer.status, result, says };
    } catch (fault) {
      const why = fault instanceof SyntaxError ? "its answer is not JSON" : "no answer came";
      throw failure(`Cloudflare's API cannot be used: ${why}`, `Look whether this machine reaches ${this.#base}.`);
    }
  }
}

/** Whether the token may travel there: by TLS, or to this machine. */
function trustworthy(base: string): boolean {
  if (!URL.canParse(base)) return false;
  const { protocol, hostname } = new URL(base);
  const here =
    hostname === "localhost" || hostname === "[::1]" || (isIP(hostname) === 4 && hostname.startsWith("127."));
  return protocol === "https:" || (protocol === "http:" && here);
}

/** Whether two values are equal as JSON, in whatever order their fields stand. */
function same(a: unknown, b: unknown): boolean {
  const sorted = (_key: string, value: unknown): unknown =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([x], [y]) => (x < y ? -1 : 1)))
      : value;
  return JSON.stringify(a, sorted) === JSON.stringify(b, sorted);
}
