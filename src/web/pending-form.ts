// A form that waits until its person has proved once more to be there. It waits in D1 for five minutes, for one
// session, so nobody types anything twice.

import { keep, take } from "./ceremony.ts";
import type { Visit } from "./visit.ts";

type Pending = { readonly session: string; readonly path: string; readonly form: string };

/** Keeps a form for the session with that id; the secret under which it is found. `path`: where it was sent to. */
export const keepForm = (visit: Visit, session: string, path: string, form: URLSearchParams): Promise<string> =>
  keep(visit, "pending", { session, path, form: form.toString() } satisfies Pending);

/** Takes a form out, as the request that it was. Undefined: it is gone, or of another session. */
export async function takeForm(
  visit: Visit,
  session: string,
  secret: string | null | undefined,
): Promise<Request | undefined> {
  const pending = await take<Pending>(visit, "pending", secret ?? undefined);
  if (pending?.session !== session) return undefined;
  const url = new URL(pending.path, visit.origin);
  return new Request(url, { method: "POST", headers: visit.request.headers, body: pending.form });
}
