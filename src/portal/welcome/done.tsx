// What the first page says to somebody who has just come in with an invitation.

import type { FC } from "hono/jsx";
import { Notice } from "../../web/components/parts.tsx";
import type { PortalView } from "../site.ts";
import { words } from "./words.ts";

/** Nothing, unless the person comes from registering two factors. */
export const WelcomeDone: FC<{ readonly view: PortalView }> = ({ view }) =>
  view.url.searchParams.get("done") === "welcome" ? (
    <Notice tone="good">
      <p>{words[view.locale].done}</p>
    </Notice>
  ) : null;
