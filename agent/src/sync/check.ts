// What `agent check` says of the sync: each domain and each controller, who is found there, the gateway, the token.

import * as v from "valibot";
import { findingOf } from "../check-finding.ts";
import { directoryOf } from "../ldap/directory.ts";
import type { Context, Finding } from "../parts.ts";
import { SOURCE } from "./gateway.ts";
import { isPerson } from "./person.ts";
import { readEverybody } from "./read.ts";

/** Tries everything that the sync needs. */
export async function checkSync(context: Context): Promise<readonly Finding[]> {
  const controllers = await eachController(context);
  const people = controllers.every(({ fix }) => fix !== undefined) ? [] : [await everybody(context)];
  return [...controllers, ...people, await gateway(context)];
}

/** Every controller by itself: one that is down would otherwise show only on the day when the others are. */
async function eachController({ config }: Context): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const domain of config.directory.domains) {
    for (const server of domain.servers) {
      const only = { ...config, directory: { ...config.directory, domains: [{ ...domain, servers: [server] }] } };
      try {
        const detail = await directoryOf(only, () => undefined).use(async ([open]) => {
          const { session, netbios } = open ?? {};
          return `signed in to ${session?.domain.dns} (${netbios})`;
        });
        findings.push({ what: server, detail });
      } catch (fault) {
        findings.push(findingOf(server, fault));
      }
    }
  }
  return findings;
}

async function everybody({ config, directory }: Context): Promise<Finding> {
  const what = "people of the directory";
  try {
    const { people, problems } = await directory.use((domains) => readEverybody(domains, config.directory));
    const [first] = problems;
    if (first !== undefined)
      return { what, detail: first.message, fix: "README.md, “What becomes a word”, says more." };
    if (people.size === 0) {
      const fix = "Check directory.filter and directory.domains[].bases, and that the agent's account may read there.";
      return { what, detail: "the directory has nobody for Postern", fix };
    }
    const usable = [...people.values()].filter(({ person }) => isPerson(person)).length;
    return { what, detail: `${people.size} found, ${usable} of them with a usable address` };
  } catch (fault) {
    return findingOf(what, fault);
  }
}

async function gateway({ api, config }: Context): Promise<Finding> {
  const what = config.gateway.url;
  try {
    const page = v.object({ items: v.array(v.unknown()) });
    const query = { source: SOURCE, limit: 1 };
    const { items } = await api.get("/v1/directory/people", query, page, { attempts: 1 });
    return {
      what,
      detail: `the token opens it${items.length === 0 ? "; nobody has come from the directory yet" : ""}`,
    };
  } catch (fault) {
    return findingOf(what, fault);
  }
}
