// Nothing the lab starts outlives it, however it ends.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, expect, it } from "vitest";
import { describeClient } from "../requirements.ts";
import { startServer } from "./process.ts";

const folder = mkdtempSync(join(tmpdir(), "postern-process-"));
afterAll(() => rmSync(folder, { recursive: true }));

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function untilGone(pid: number): Promise<void> {
  while (isAlive(pid)) await pause(20);
}

describeClient("the lab's processes", [{ file: "setpriv", debianPackage: "util-linux" }], () => {
  it("end with all their children", async () => {
    const script = "sleep 600 & echo $!; wait";
    const server = startServer(["sh", "-c", script], join(folder, "children"), {});
    while (!server.output().includes("\n")) await pause(20);
    const sleeping = Number(server.output());
    expect([isAlive(server.pid), isAlive(sleeping)]).toEqual([true, true]);
    await server.stop();
    await untilGone(sleeping);
    expect([server.running(), isAlive(server.pid)]).toEqual([false, false]);
  });

  it("end when the test is killed and can clean up nothing", async () => {
    const module = JSON.stringify(join(import.meta.dirname, "process.ts"));
    const script = `import { startServer } from ${module};
      console.log(startServer(["sleep", "600"], "${join(folder, "orphan")}", {}).pid);`;
    const test = spawn(process.execPath, ["--input-type=module-typescript", "-e", script]);
    const [text] = (await once(test.stdout, "data")) as [Buffer];
    const sleeping = Number(text.toString());
    expect(isAlive(sleeping)).toBe(true);
    test.kill("SIGKILL");
    await untilGone(sleeping);
  });

  it("end when they do not listen, too", async () => {
    const server = startServer(
      ["sh", "-c", "trap '' TERM; echo deaf; while :; do sleep 1; done"],
      join(folder, "deaf"),
      {},
    );
    while (!server.output().includes("deaf")) await pause(20);
    await server.stop();
    expect(isAlive(server.pid)).toBe(false);
  });
});
