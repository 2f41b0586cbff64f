// Delivers mail right after it was queued, where the Worker delivers. The delivery itself is loaded only then.

import type { Keyring } from "../core/crypto/keyring.ts";
import type { NoticeSettings } from "../notices/settings.ts";
import { openDatabase } from "../store/database.ts";
import type { Ending } from "../store/notice-post.ts";

/** What delivering at once needs. `portal`: the address of the portal; undefined: there is none. */
type AtOnce = {
  readonly env: { readonly DB: D1Database; readonly MAIL?: SendEmail };
  readonly notices: NoticeSettings;
  readonly keyring: Keyring;
  readonly portal: string | undefined;
};

const post = ({ env, ...rest }: AtOnce) => ({ db: openDatabase(env.DB), mail: env.MAIL, ...rest });

/** Delivers what was just queued. Undefined: an agent delivers. Never rejects. */
export function deliveryAtOnce(of: AtOnce): (() => Promise<void>) | undefined {
  if (of.notices.delivery.by === "agent") return undefined;
  return async () => {
    const { deliverQuietly, EVENT_RUN } = await import("./deliver.ts");
    await deliverQuietly(post(of), EVENT_RUN);
  };
}

/** Delivers one notice, and says what became of it. Undefined: an agent delivers, or somebody else has it just now. */
export async function deliverOne(of: AtOnce, id: string): Promise<Ending | undefined> {
  if (of.notices.delivery.by === "agent") return undefined;
  const { deliver, EVENT_RUN } = await import("./deliver.ts");
  const [ended] = await deliver(post(of), { ...EVENT_RUN, only: { id } });
  return ended;
}

/** The cron trigger's delivery. Never rejects. */
export async function deliverDue(of: AtOnce): Promise<void> {
  if (of.notices.delivery.by === "agent") return;
  const { CRON_RUN, deliverQuietly } = await import("./deliver.ts");
  await deliverQuietly(post(of), CRON_RUN);
}
