// The rules that a Cloudflare zone needs, so that nothing in front of the Worker changes, keeps or refuses what Lync
// clients send. Each rule is for Postern's own hosts and touches nothing else in the zone. The names are those of
// Cloudflare's Rulesets API.

/** One rule, and the phase of the zone in which it belongs. */
export type ZoneRule = {
  readonly phase: string;
  /** What it does, for people. */
  readonly does: string;
  readonly rule: {
    /** The rule is found again by it. */
    readonly ref: string;
    readonly description: string;
    readonly expression: string;
    readonly action: string;
    readonly action_parameters: Readonly<Record<string, unknown>>;
    readonly enabled: true;
  };
};

/** Postern's hosts, lower case. `programs`: those that clients and programs ask. `pages`: those that people open. */
export type ZoneHosts = { readonly programs: readonly string[]; readonly pages: readonly string[] };

/** A host name has no quote and no backslash, so the list needs no escaping. */
const among = (hosts: readonly string[]): string => `http.host in {${hosts.map((host) => `"${host}"`).join(" ")}}`;

/** The rules for these hosts; there is at least one. */
export function rulesFor({ programs, pages }: ZoneHosts): readonly ZoneRule[] {
  const expression = among([...programs, ...pages]);
  const made = (ref: string, phase: string, does: string, action: string, parameters: object): ZoneRule => ({
    phase,
    does,
    rule: {
      ref,
      description: `Postern: ${does}`,
      expression,
      action,
      action_parameters: { ...parameters },
      enabled: true,
    },
  });
  const rules = [
    made(
      "postern_clients",
      "http_config_settings",
      "no browser check, and no change of what is answered",
      "set_config",
      {
        automatic_https_rewrites: false,
        bic: false,
        disable_rum: true,
        disable_zaraz: true,
        email_obfuscation: false,
        hotlink_protection: false,
        rocket_loader: false,
        security_level: "essentially_off",
      },
    ),
    made(
      "postern_no_challenge",
      "http_request_firewall_custom",
      "no challenge for clients that cannot answer one",
      "skip",
      {
        phases: ["http_request_firewall_managed", "http_request_sbfm"],
        products: ["bic", "hot", "securityLevel", "uaBlock"],
      },
    ),
    made("postern_no_cache", "http_request_cache_settings", "nothing is cached", "set_cache_settings", {
      cache: false,
    }),
  ];
  // A person's browser can answer a challenge, so the rules of the zone stay in force for pages.
  return rules
    .map((one) => (one.rule.action === "skip" ? { ...one, rule: { ...one.rule, expression: among(programs) } } : one))
    .filter(({ rule }) => rule.action !== "skip" || programs.length > 0);
}

/** What a setting of the whole zone should be, and why. */
export type ZoneSetting = {
  readonly id: string;
  readonly wanted: readonly string[];
  readonly why: string;
};

/** Settings that no rule can change for single hosts. They are for the whole zone, so a person changes them. */
export const ZONE_SETTINGS: readonly ZoneSetting[] = [
  {
    id: "always_use_https",
    wanted: ["off"],
    why: "Clients ask http://lyncdiscover.… first, and some do not follow a redirect from there.",
  },
  {
    id: "http3",
    wanted: ["off"],
    why: "No Lync client speaks it, and a proxy on the way may.",
  },
  {
    id: "http2",
    wanted: ["off"],
    why: "NTLM expects HTTP/1.1. Postern needs no connection of its own for the handshake, but some clients do. A Free zone cannot switch it off.",
  },
  { id: "0rtt", wanted: ["off"], why: "A request that arrives early can be replayed by somebody on the way." },
  {
    id: "min_tls_version",
    wanted: ["1.2", "1.3"],
    why: "Desk phones of the Lync Phone Edition speak 1.0 only. Everything else speaks 1.2.",
  },
];
