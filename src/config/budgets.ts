// The budgets for requests that need no ticket: Cloudflare's rate limiting bindings, both of which must be there.

/** The budgets of one network. Sizes are in `wrangler.toml`. */
export type Budgets = {
  /** Discovery, metadata, guests' tickets: few for each client. */
  readonly services: RateLimit;
  /** Meeting pages, which load a hundred files each. */
  readonly pages: RateLimit;
};

/** Both bindings. Undefined: one is missing. The check of the bindings has reported that. */
export function readBudgets(env: {
  readonly ANONYMOUS_SERVICES?: RateLimit;
  readonly ANONYMOUS_PAGES?: RateLimit;
}): Budgets | undefined {
  const { ANONYMOUS_SERVICES: services, ANONYMOUS_PAGES: pages } = env;
  return services === undefined || pages === undefined ? undefined : { services, pages };
}
