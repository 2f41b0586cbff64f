#!/usr/bin/env node
// The process: it reads the command line and the configuration file, does what is asked, waits for signals and sets the
// exit code. Exit code 78 (EX_CONFIG) tells systemd not to start it again.

import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { type Agent, contextOf, startAgent } from "./agent.ts";
import { checkAll, shownFindings } from "./check.ts";
import { type Order, readCommandLine, USAGE } from "./command-line.ts";
import { type Config, readConfig } from "./config/config.ts";
import { type Log, logTo } from "./log.ts";
import { sendTest } from "./mail/test-mail.ts";
import { CannotListen } from "./observe.ts";
import { syncOnce } from "./sync/command.ts";

const EX_USAGE = 64;
const EX_CONFIG = 78;
/** After a signal, what is under way has this long to end, ms. */
const STOP_WITHIN_MS = 20_000;

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const complain = (text: string): void => void process.stderr.write(`${text}\n`);

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  if (args.includes("--help") || args.includes("-h")) {
    say(USAGE);
    return 0;
  }
  const asked = readCommandLine(args);
  if (typeof asked === "string") {
    complain(`${asked}\n\n${USAGE}`);
    return EX_USAGE;
  }
  const runs = asked.order.command === "run";
  // A command for people says in its answer what the log would say.
  const log = logTo(runs ? say : () => undefined);
  const fault = (detail: string): void => (runs ? log("configuration", { detail }) : complain(detail));
  let text: string;
  try {
    text = await readFile(asked.file, "utf8");
  } catch (cause) {
    fault(`The agent cannot read ${asked.file}: ${String(cause)}. Name its configuration: --config FILE.`);
    return EX_CONFIG;
  }
  const read = readConfig(text, { credentials: process.env.CREDENTIALS_DIRECTORY, beside: dirname(asked.file) });
  if ("faults" in read) {
    for (const detail of read.faults) fault(detail);
    return EX_CONFIG;
  }
  return carriedOut(asked.order, read.config, log);
}

async function carriedOut(order: Order, config: Config, log: Log): Promise<number> {
  switch (order.command) {
    case "run":
      return running(config, log);
    case "check": {
      const findings = await checkAll(contextOf(config, log));
      say(shownFindings(findings));
      return findings.some(({ fix }) => fix !== undefined) ? 1 : 0;
    }
    case "sync": {
      const { text, exit } = await syncOnce(contextOf(config, log), order.how);
      say(text);
      return exit;
    }
    case "mail": {
      const sent = await sendTest(config, order.to);
      say(shownFindings([sent]));
      return sent.fix === undefined ? 0 : 1;
    }
  }
}

async function running(config: Config, log: Log): Promise<number> {
  let agent: Agent;
  try {
    agent = await startAgent(config, log);
  } catch (fault) {
    if (!(fault instanceof CannotListen)) throw fault;
    log("configuration", { detail: fault.message });
    return 1;
  }
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
  setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
  await agent.stop();
  return 0;
}

process.exitCode = await main();
