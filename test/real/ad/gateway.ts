// Postern in front of the lab: the gateway in workerd. Its orders go to the real connectors, and its Front-End is
// Apache with the simulator behind it. Everybody in the directory has an app password, also the disabled users, because
// the directory is what has to refuse them.

import type { LocalUser } from "../../../local/directory.ts";
import type { GatewayOptions } from "../../../local/gateway.ts";
import type { SimulatedUser } from "../../../simulator/users.ts";
import { type Person, startTestGateway, type TestGateway } from "../../conformance/support/gateway.ts";
import { signIn } from "../../conformance/support/ntlm.ts";
import { assertionIn, tokenRequest } from "../../conformance/support/tickets.ts";
import type { ConnectorProcess } from "./connector.ts";
import type { Lab } from "./lab.ts";
import { DIRECTORY_USERS, type DirectoryUser, FRONT_END_SERVICE, NETBIOS_DOMAIN, PEOPLES_SUFFIX } from "./names.ts";

/** A user whom only Postern knows. */
const STRANGER: Pick<DirectoryUser, "account" | "upn"> = { account: "nora", upn: `nora@${PEOPLES_SUFFIX}` };

const sipUriOf = ({ account }: Pick<DirectoryUser, "account">): string => `sip:${account}@${PEOPLES_SUFFIX}`;

/** How Postern knows a user. */
const localUser = ({ account, upn }: Pick<DirectoryUser, "account" | "upn">): LocalUser => ({
  sipUri: sipUriOf({ account }),
  upn,
  domain: NETBIOS_DOMAIN,
  account,
});

/** The Front-End signs on the users whom Apache names, and nobody by a password. */
const frontEndUser = (user: DirectoryUser, index: number): SimulatedUser => ({
  ...localUser(user),
  directoryPassword: "",
  sid: `S-1-5-21-1004336348-1177238915-682003330-${3000 + index}`,
  enabled: true,
});

/** A gateway, and its users by account name. */
export type LabGateway = TestGateway & { readonly person: (account: string) => Person };

const BINDINGS = ["CONNECTOR", "CONNECTOR_2"];

/** How a gateway is started in front of the lab, with these people of its directory. */
export function labOptions(
  lab: Lab,
  connectors: readonly Pick<ConnectorProcess, "name" | "url">[] = lab.connectors,
  people: readonly DirectoryUser[] = DIRECTORY_USERS,
): Omit<GatewayOptions, "state"> {
  return {
    frontEndAt: lab.proxy.url,
    connectors: connectors.map(({ url }) => url),
    simulator: {
      users: people.map(frontEndUser),
      port: lab.frontEndPort,
      trustedProxy: lab.proxy.trustedProxy,
    },
    // alice and bob are there already
    moreUsers: [...people, STRANGER].filter(({ account }) => !/^(alice|bob)$/.test(account)).map(localUser),
    variables: {
      SIGN_ON: "connector",
      CONNECTORS: connectors.map(({ name }, index) => `${name}=binding:${BINDINGS[index]}`).join(" "),
      SIGN_ON_SERVICE: FRONT_END_SERVICE,
      SIGN_ON_KEYS: lab.key.secret,
    },
  };
}

/** Starts the gateway; it knows one connector or two, by default the lab's. */
export async function startLabGateway(
  lab: Lab,
  connectors: readonly Pick<ConnectorProcess, "name" | "url">[] = lab.connectors,
): Promise<LabGateway> {
  const gateway = await startTestGateway(labOptions(lab, connectors));
  const people = [gateway.alice, gateway.bob, ...gateway.others];
  return {
    ...gateway,
    person: (account) => {
      const found = people.find((one) => one.account === account);
      if (found === undefined) throw new Error(`${account} is nobody here`);
      return found;
    },
  };
}

/** The outcome of a sign-in. `owner`: the SIP URI in the ticket, if there is one. */
export type Attempt = { readonly status: number; readonly retryAfter: string | undefined; readonly owner?: string };

/** Signs in by NTLM and asks for a SAML ticket, which names its owner. */
export async function attempt(gateway: LabGateway, who: Person): Promise<Attempt> {
  const answer = await signIn(gateway, tokenRequest("saml", who.sipUri), who);
  const { status, headers } = answer;
  const retryAfter = headers["retry-after"];
  if (status !== 200) return { status, retryAfter };
  const owner = /<(?:\w+:)?NameIdentifier[^>]*>([^<]+)</.exec(assertionIn(answer.text))?.[1] ?? "nobody";
  return { status, retryAfter, owner };
}
