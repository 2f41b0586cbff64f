#!/usr/bin/env node
// Plays wrangler in front of an account that is a JSON file (FAKE_CLOUDFLARE): what exists there, and every call with its
// arguments and the length of its input. A dry run is the real wrangler's.

import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { text } from "node:stream/consumers";

const args = process.argv.slice(2);
const file = process.env.FAKE_CLOUDFLARE ?? "";
const account = JSON.parse(readFileSync(file, "utf8"));
const input = args[0] === "deploy" ? "" : await text(process.stdin); // a deployment has the terminal
account.calls.push({ args, input: input.length, node: process.versions.node });

const option = (name) => args[args.indexOf(name) + 1];
const say = (value) =>
  process.stdout.write(typeof value === "string" ? `${value}\n` : `${JSON.stringify(value, null, 2)}\n`);
const environment = option("--env");

function answer() {
  const command = args.filter((arg) => !arg.startsWith("--")).join(" ");
  const failing = account.failing?.find((each) => command.startsWith(each));
  if (failing !== undefined) {
    process.stderr.write(
      `\n\u001b[31m✘ \u001b[41;31m[\u001b[41;97mERROR\u001b[41;31m]\u001b[0m A request to the Cloudflare API failed.\n\n  no ${failing} today [code: 1234]\n`,
    );
    process.exitCode = 1;
    return;
  }
  if (command === "whoami")
    return say(account.signedIn ? { loggedIn: true, accounts: account.accounts } : { loggedIn: false });
  if (command.startsWith("secret list")) {
    const secrets = account.secrets[environment];
    if (secrets !== undefined) return say(Object.keys(secrets).map((name) => ({ name, type: "secret_text" })));
    process.stderr.write(`[ERROR] Worker "postern-${environment}" (env: ${environment}) not found.\n`);
    process.exitCode = 1;
    return;
  }
  if (command.startsWith("secret bulk")) {
    account.secrets[environment] = { ...account.secrets[environment], ...JSON.parse(input) };
    return say("✨ Finished processing secrets file");
  }
  if (command.startsWith("d1 list"))
    return say(account.databases.map(({ name, uuid }) => ({ uuid, name, version: "production" })));
  if (command.startsWith("d1 create")) {
    account.databases.push({ name: args[2], uuid: randomUUID(), place: args.slice(3) });
    return say(`✅ Successfully created DB '${args[2]}'`);
  }
  if (command.startsWith("d1 migrations apply")) {
    account.applied = { ...account.applied, [environment]: account.migrations };
    return say("✅ done");
  }
  if (command.startsWith("d1 execute")) {
    const applied = account.applied?.[environment];
    if (applied !== undefined) return say([{ results: applied.map((name) => ({ name })), success: true }]);
    process.stderr.write("[ERROR] no such table: d1_migrations: SQLITE_ERROR [code: 7500]\n");
    process.exitCode = 1;
    return;
  }
  if (command.startsWith("vpc service list")) {
    say("📋 Listing VPC services");
    for (const { name, uuid } of account.services) say(`│ ${uuid} │ ${name} │ http │`);
    return;
  }
  if (command.startsWith("vpc service create")) {
    account.services.push({ name: args[3], uuid: randomUUID(), args });
    return say(`🚧 Creating VPC service '${args[3]}'\n✅ Created VPC service: ${account.services.at(-1).uuid}`);
  }
  if (command.startsWith("deploy")) {
    account.deployed.push(environment);
    return say(`Uploaded postern-${environment}`);
  }
  process.stderr.write(`unknown: ${command}\n`);
  process.exitCode = 1;
}

answer();
writeFileSync(file, JSON.stringify(account));
