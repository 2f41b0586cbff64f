// The Worker's entry: requests go to the app, and the runtime finds the Durable Object class here.

import { app } from "./app.ts";

export { UserGuard } from "./guard/user-guard.ts";

export default { fetch: app.fetch };
