// A part of a page that asks many guards, or the Front-End, and so may take seconds: the page comes without it, and a
// script fetches it at once. Without a script a link leads to it.

import type { FC } from "hono/jsx";
import { Section } from "../../web/components/table.tsx";

/** Stands where the part will be. */
export const Later: FC<{ readonly title: string; readonly href: string; readonly said: string }> = ({
  title,
  href,
  said,
}) => (
  <div hx-get={href} hx-trigger="load" hx-swap="outerHTML" aria-live="polite">
    <Section title={title}>
      <a href={href}>{said}</a>
    </Section>
  </div>
);
