// What the tests with this directory need of the machine, besides what the lab needs.

import { join } from "node:path";
import { PROJECT } from "../../../local/bundle.ts";
import { describeLab } from "../ad/requirements.ts";
import type { Requirement } from "../requirements.ts";

const AGENT_PACKAGES = { service: "agent", folder: join(PROJECT, "agent", "node_modules", "ldapts") } as const;
const OPENSSL: Requirement = { file: "openssl", debianPackage: "openssl" };

/** A `describe` for tests of the agent with a real directory. */
export const describeAgent = (name: string, body: () => void, more: readonly Requirement[] = []): void =>
  describeLab(name, body, [OPENSSL, ...more], AGENT_PACKAGES);
