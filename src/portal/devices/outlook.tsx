// Says what becomes of a new device, before its person signs in on it.

import type { FC } from "hono/jsx";
import type { Outlook } from "../../core/policy/outlook.ts";
import { format, Notice, type Reader } from "../../web/components/parts.tsx";
import { outlookWords } from "./outlook-words.ts";

export const OutlookNotice: FC<{ readonly reader: Reader; readonly outlook: Outlook }> = ({ reader, outlook }) => {
  const t = outlookWords[reader.locale];
  return (
    <Notice tone={outlook.kind === "open" ? "quiet" : "wait"}>
      <p>{said()}</p>
    </Notice>
  );

  function said(): string {
    switch (outlook.kind) {
      case "window":
        return t.window(format(reader, outlook.until, { timeStyle: "short" }));
      case "full":
        return t.full(outlook.limit);
      default:
        return t[outlook.kind];
    }
  }
};
