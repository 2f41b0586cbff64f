// What the in-workerd tests find in `env` (test/wrangler.toml, vitest.config.ts).

declare namespace Cloudflare {
  interface Env {
    readonly DB: D1Database;
    readonly USER_GUARD: DurableObjectNamespace<import("../src/user-guard/user-guard.ts").UserGuard>;
    readonly SOURCE_GUARD: DurableObjectNamespace<import("../src/source-guard/source-guard.ts").SourceGuard>;
    readonly GUEST_GUARD: DurableObjectNamespace<import("../src/guest-guard/guest-guard.ts").GuestGuard>;
    readonly ANONYMOUS_SERVICES: RateLimit;
    readonly ANONYMOUS_PAGES: RateLimit;
    readonly API_CALLS: RateLimit;
    readonly API_SECRETS: RateLimit;
    readonly SEALING_KEYS: string;
    readonly __TEST_MIGRATIONS: import("cloudflare:test").D1Migration[];
  }
}

/** A document as text, as Vite gives it. */
declare module "*.md?raw" {
  const text: string;
  export default text;
}

declare module "*.sql?raw" {
  const text: string;
  export default text;
}
