// `npm start`: the gateway on this machine with a simulated Front-End behind it, and what to do next.

import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { CliFault } from "../cli/fault.ts";
import { localTokenFile } from "../cli/local-keys.ts";
import { localLogFile } from "../cli/local-log.ts";
import { demoUsers } from "../simulator/users.ts";
import { readAuthority } from "../src/core/authority/settings.ts";
import { PROJECT } from "./bundle.ts";
import { type LocalGateway, PortInUse, startGateway } from "./gateway.ts";
import { firstAdministrator } from "./invitation.ts";
import { localAdminKey, localSealingKeys, localTokenKeys } from "./keys.ts";
import { lineAppender } from "./log.ts";
import { AlreadyRunning, takeCheckout } from "./one-at-a-time.ts";
import { stsHost } from "./passive.ts";
import { readerGone } from "./reader-gone.ts";
import { contosoVariables } from "./world.ts";

const DEFAULT_PORT = 8787;
const postern = join(PROJECT, ".postern");

/** The port in the environment variable PORT; undefined when it is not a valid port. */
function chosenPort(text: string | undefined): number | undefined {
  if (text === undefined || text === "") return DEFAULT_PORT;
  const port = Number(text);
  return Number.isInteger(port) && port >= 1 && port <= 65_535 ? port : undefined;
}

/** The switch for signing in with a certificate's key; undefined when it is neither `on` nor `off`. */
function certificateTickets(text = "off"): "on" | "off" | undefined {
  return text === "on" || text === "off" ? text : undefined;
}

/** Whether Postern is the pool's token service; undefined when it is neither 0 nor 1. */
function passiveSwitch(text = "0"): boolean | undefined {
  return text === "1" ? true : text === "0" || text === "" ? false : undefined;
}

/** How many simulated pools; undefined when it is neither 1 nor 2. */
function chosenPools(text = "1"): 1 | 2 | undefined {
  return text === "1" ? 1 : text === "2" ? 2 : undefined;
}

/**
 * For scripts: all addresses, and the credentials to sign in with. Only its owner can read it, because it has the app
 * password.
 */
function writeDemoFile(running: LocalGateway): string {
  const { gateway, frontEnd, hosts, adminHost, sipUri, upn, domain, user, appPassword } = running;
  const file = join(postern, "demo.json");
  const demo = { gateway, frontEnd, hosts, adminHost, sipUri, upn, domain, user, appPassword };
  writeFileSync(file, `${JSON.stringify(demo, null, 2)}\n`, { mode: 0o600 });
  return file;
}

/** For somebody whose browser has no passkey from an earlier run. */
const AGAIN = `; sign in with your passkey, or make another:
              npx postern admin invite ${firstAdministrator.email}`;

const secondPool = ({ secondPool: second }: LocalGateway): string =>
  second === undefined
    ? ""
    : `  pool 2      ${second.url}   simulated, with ${second.hosts.web} and ${second.hosts.meet}; bob is homed there (docs/pools.md)
`;

/** `keyFile`: where the keys of the token service are; undefined: Postern is none. */
const passiveLine = (keyFile: string | undefined, { frontEnd, upn }: LocalGateway): string =>
  keyFile === undefined
    ? ""
    : `  passive     Postern is the Front-End's token service, at ${stsHost}; ask the Front-End all that a pool is asked:
              npx postern sts probe --key-file ${relative(process.cwd(), keyFile)} --at ${frontEnd} \\
                --user ${upn}
              the policy lets nobody sign in by the page until you allow it: docs/passive.md, On this machine
`;

/** Gives a demo user the SID by which the simulated Front-End knows the account. */
const sidOf = ({ sid, sipUri }: (typeof demoUsers)[number]): string =>
  `UPDATE users SET sid = '${sid}', revision = revision + 1 WHERE sip_uri = '${sipUri}' AND sid IS NULL`;

type Links = { readonly console: string | undefined; readonly portal: string | undefined };

type Choices = { readonly tickets: "on" | "off"; readonly keyFile: string | undefined };

function welcome(running: LocalGateway, { tickets, keyFile }: Choices, links: Links): string {
  const invitation = links.console;
  const { consoleUrl, portalUrl, gateway, frontEnd, hosts, sipUri, upn, domain, user, appPassword } = running;
  const web = hosts.find((host) => host.startsWith("web.")) ?? hosts[0];
  return `
Postern is running. Everything on this machine, nothing in the cloud; Ctrl-C stops it.

  gateway     ${gateway}   (choose a host with the Host header)
  hosts       ${hosts.join("\n              ")}
  Front-End   ${frontEnd}   simulated; ${frontEnd}/_ledger lists what reached it
${secondPool(running)}  sign-on     simulated connector; a real pool needs a real one: docs/sign-on.md
  /Cert       ${tickets === "on" ? "open: a desktop may sign in with its certificate's key" : "closed; CERTIFICATE_TICKETS=on npm start opens it"} (docs/sign-on.md)
${passiveLine(keyFile, running)}  demo user   ${domain}\\${user}, app password ${appPassword}
  console     ${consoleUrl}   for administrators${invitation === undefined ? AGAIN : ""}
  portal      ${portalUrl}   where people set up their devices and help themselves

${
  invitation === undefined
    ? ""
    : `Open the console as its first administrator; the link makes your passkey, and works once:

  ${invitation}

`
}${
  links.portal === undefined
    ? `${sipUri} has an invitation that nobody has used. Another one: npx postern user invite ${upn}

`
    : `Or be ${user}, who is invited to the portal; this link works once, too:

  ${links.portal}

`
}Sign in as ${user} and get a web ticket (paste this):

  TICKET=$(curl -s --ntlm -u '${domain}\\${user}:${appPassword}' -H 'Host: ${web}' \\
    -d 'grant_type=urn:microsoft.rtc:windows' ${gateway}/WebTicket/oauthtoken |
    tee /dev/stderr | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')

The ticket opens discovery and nothing else, until its device has named itself, as a phone does when it starts UCWA:

  curl -H 'Host: ${web}' -H "Authorization: Bearer $TICKET" -H 'Content-Type: application/json' \\
    -d '{"UserAgent":"AndroidLync/6.25","EndpointId":"phone-1","Culture":"en-US"}' \\
    ${gateway}/ucwa/oauth/v1/applications

What happens is logged below, one JSON object on a line, and kept in ${localLogFile(postern)}.

Next: npx postern device list   shows the phone; "device block ${sipUri} phone-1" ends it at once.
      npx postern --help        adds users and app passwords to this gateway, shows who waits.
`;
}

async function main(): Promise<number> {
  const port = chosenPort(process.env.PORT);
  if (port === undefined) {
    console.error(`PORT is "${process.env.PORT}", which is not a port: give a number from 1 to 65535.`);
    return 2;
  }
  const tickets = certificateTickets(process.env.CERTIFICATE_TICKETS);
  if (tickets === undefined) {
    console.error(`CERTIFICATE_TICKETS is "${process.env.CERTIFICATE_TICKETS}": it must be "off" (default) or "on".`);
    return 2;
  }
  const pools = chosenPools(process.env.POOLS);
  if (pools === undefined) {
    console.error(`POOLS is "${process.env.POOLS}": it must be "1" (default) or "2", a second simulated pool.`);
    return 2;
  }
  const passive = passiveSwitch(process.env.PASSIVE);
  if (passive === undefined) {
    console.error(`PASSIVE is "${process.env.PASSIVE}": it must be "0" (default) or "1", Postern as token service.`);
    return 2;
  }
  const { AUTHORITY_URL, AUTHORITY_SECRETS } = process.env;
  const authority = { ...(AUTHORITY_URL && { AUTHORITY_URL }), ...(AUTHORITY_SECRETS && { AUTHORITY_SECRETS }) };
  const faults: string[] = [];
  readAuthority(authority, faults);
  if (faults.length > 0) {
    for (const fault of faults) console.error(fault);
    return 2;
  }
  const tokenKeys = passive ? await localTokenKeys(postern, Date.now()) : undefined;
  const unread = readerGone(process.stdout);
  const state = join(postern, "state");
  mkdirSync(state, { recursive: true, mode: 0o700 });
  const keep = lineAppender(localLogFile(postern));
  // What happens before the welcome is printed below it: whoever starts the gateway reads first where it is.
  let early: string[] | undefined = [];
  const onLog = (line: string): void => {
    if (early === undefined) console.log(line);
    else early.push(line);
    keep(line);
  };
  let giveBack = (): void => undefined;
  let running: LocalGateway;
  try {
    giveBack = takeCheckout(postern, port);
    // Miniflare ends the process at a signal before what is below has come to its end.
    process.once("exit", giveBack);
    running = await startGateway({
      state,
      port,
      pools,
      passive,
      onLog,
      sealingKeys: localSealingKeys(postern),
      adminKey: localAdminKey(postern),
      tokenFile: localTokenFile(postern),
      simulator: { newcomersAt: contosoVariables.DNS_DOMAIN },
      variables: {
        ...{ CERTIFICATE_TICKETS: tickets, ...authority },
        ...(tokenKeys === undefined ? {} : { STS_KEYS: tokenKeys.text }),
      },
    });
  } catch (fault) {
    giveBack();
    console.error(whyNot(fault));
    return 1;
  }
  // The directory tells a user's SID, and there is none here. Without it nobody signs in by the page.
  if (passive) await running.execute(demoUsers.map(sidOf));
  writeDemoFile(running);
  const links = { console: await running.invite(firstAdministrator), portal: await running.inviteUser() };
  console.log(welcome(running, { tickets, keyFile: tokenKeys?.file }, links));
  for (const line of early) console.log(line);
  early = undefined;
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
    void unread.then(resolve);
  });
  await running.stop();
  giveBack();
  return 0;
}

/** One sentence for a fault that an administrator can correct; any other error with its whole stack. */
function whyNot(fault: unknown): unknown {
  if (fault instanceof CliFault) return `Postern cannot start: ${fault.message}.\n${fault.fix}`;
  return fault instanceof PortInUse || fault instanceof AlreadyRunning
    ? `Postern cannot start: ${fault.message}`
    : fault;
}

process.exit(await main());
