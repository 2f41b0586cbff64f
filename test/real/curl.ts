// Runs curl. Credentials go in by standard input, so that they are neither in the process list nor in a test's output.

import { execFile } from "node:child_process";

/** What curl saw of the last answer, and on how many connections. */
export interface CurlAnswer {
  readonly status: number;
  readonly headers: string;
  readonly body: string;
  readonly connections: number;
}

/** A run of curl: long options without their dashes, repeated when the value is a list; `true` for a bare switch. */
export type CurlOptions = Readonly<Record<string, string | readonly string[] | true>>;

/** Runs `curl` on `url`; throws when curl itself fails (no answer, or an answer that it cannot use). */
export function curl(url: string, options: CurlOptions, env: NodeJS.ProcessEnv = {}): Promise<CurlAnswer> {
  const lines = Object.entries<CurlOptions[string]>({ ...options, url, "max-time": "20" }).flatMap(([option, value]) =>
    value === true ? [option] : [value].flat().map((one) => `${option} = ${quote(one)}`),
  );
  const marker = "\ncurl-saw:";
  const args = ["--disable", "--silent", "--show-error", "--noproxy", "*", "--dump-header", "-", "--config", "-"];
  args.push("--write-out", `${marker}%{http_code} %{num_connects}`);
  return new Promise((resolve, reject) => {
    const child = execFile("curl", args, { env: { PATH: process.env.PATH, ...env } }, (error, stdout, stderr) => {
      const [answers = "", numbers = ""] = stdout.split(marker);
      const [status, connections] = numbers.split(" ").map(Number);
      if (error !== null || status === undefined || connections === undefined) {
        reject(new Error(`curl failed (${error?.code ?? "no status"}): ${stderr.trim()}`));
        return;
      }
      resolve({ status, connections, ...lastAnswer(answers) });
    });
    child.stdin?.end(`${lines.join("\n")}\n`);
  });
}

/** Each leg of a handshake is dumped; the last head and what follows it is the answer. */
function lastAnswer(answers: string): { headers: string; body: string } {
  const start = answers.lastIndexOf("HTTP/1.1 ");
  const end = answers.indexOf("\r\n\r\n", start);
  return { headers: answers.slice(start, end), body: answers.slice(end + 4) };
}

/** curl's configuration syntax: double quotes, with a backslash before a quote and before itself. */
function quote(value: string): string {
  return `"${value.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n")}"`;
}
