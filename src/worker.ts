// The Worker's entry: requests go to the app, and the runtime finds the Durable Object classes here.

import { app } from "./app.ts";

export { GuestGuard } from "./guard/guest-guard.ts";
export { SourceGuard } from "./guard/source-guard.ts";
export { UserGuard } from "./guard/user-guard.ts";

export default { fetch: app.fetch };
