// The process: it reads the configuration file, waits for signals and sets the exit code. Exit code 78 (EX_CONFIG)
// tells systemd not to start it again.

import { readFile } from "node:fs/promises";
import { readConfig } from "./config.ts";
import { type Connector, startConnector } from "./connector.ts";
import { logTo } from "./log.ts";
import { kerberosMint } from "./mint.ts";
import { CannotListen } from "./server.ts";

const EX_CONFIG = 78;
/** After a signal, running orders have this long to end, ms. */
const STOP_WITHIN_MS = 10_000;

async function main(): Promise<number> {
  const log = logTo((line) => process.stdout.write(`${line}\n`));
  const [path = "/etc/postern-connector/config.json"] = process.argv.slice(2);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (fault) {
    log("configuration", {
      detail: `The connector cannot read ${path}: ${String(fault)}. Name its configuration file: node src/main.ts FILE.`,
    });
    return EX_CONFIG;
  }
  const read = await readConfig(text, process.env.RUNTIME_DIRECTORY);
  if ("faults" in read) {
    for (const detail of read.faults) log("configuration", { detail });
    return EX_CONFIG;
  }
  let connector: Connector;
  try {
    connector = await startConnector(read.config, kerberosMint, log);
  } catch (fault) {
    if (!(fault instanceof CannotListen)) throw fault;
    // An earlier connector may be about to end, so systemd is to try again.
    log("configuration", { detail: fault.message });
    return 1;
  }
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
  setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
  await connector.stop();
  return 0;
}

process.exitCode = await main();
