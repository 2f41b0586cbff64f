import { ApiFault } from "./api/fault.ts";
import { DirectoryFault } from "./ldap/fault.ts";
import type { Finding } from "./parts.ts";

/** The line of `agent check` for a fault. */
export function findingOf(what: string, fault: unknown): Finding {
  if (fault instanceof ApiFault || fault instanceof DirectoryFault)
    return { what, detail: fault.message, fix: fault.fix };
  return { what, detail: String(fault), fix: "This is a mistake in the agent. Please report it with this line." };
}
