// What the script `passkey.js` shows while a passkey is asked for, one line at a time.

import type { FC } from "hono/jsx";

/** The lines by the name that the script has for each. */
export type PasskeyWords = Readonly<
  Record<"waiting" | "cancelled" | "known" | "refused" | "failed" | "unsupported", string>
>;

/** All lines, hidden until the script shows one. */
export const PasskeyLines: FC<{ readonly words: PasskeyWords }> = ({ words }) => {
  const lines = [
    ["waiting", words.waiting],
    ["cancelled", words.cancelled],
    ["known", words.known],
    ["refused", words.refused],
    ["failed", words.failed],
    ["unsupported", words.unsupported],
  ] as const;
  return (
    <div aria-live="polite">
      {lines.map(([name, said]) => (
        <p data-said={name} class={name === "waiting" ? "said" : "said bad"} hidden>
          {said}
        </p>
      ))}
    </div>
  );
};
