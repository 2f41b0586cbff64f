// `postern probe`: a synthetic sign-in for monitoring systems. It asks the public hosts as a phone does, and never the
// API. Its output and exit codes are those of a Nagios plugin.

import { command, count, flag, text } from "../define.ts";
import { usage } from "../fault.ts";
import { jsonOf, pluginText, prometheusText, STATES, verdictOf } from "../probe/output.ts";
import { passwordOf } from "../sign-in/app-password.ts";
import { signInOnce } from "../sign-in/sign-in.ts";

const DEFAULT_TIMEOUT_SECONDS = 30;

export const probe = command({
  help: `Signs in once as a phone does: discovery, NTLM, a ticket, the user's own discovery. It prints one line with the time of
each stage, and what to do where it failed. The exit code is that of a Nagios plugin: 0 OK, 1 WARNING (slow), 2 CRITICAL
(failed, or too slow), 3 UNKNOWN (the probe cannot run).

The app password is in --password-file, or comes from standard input ("-"), or is in $POSTERN_PROBE_PASSWORD, or is asked
at the terminal. docs/probe.md says how to make a user for it.`,
  options: {
    url: {
      ...text("url", "https://HOST of the pool, or the address of a local gateway"),
      needed: "Such as --url https://lyncdiscover.contoso.com",
    },
    host: text("name", "the public host to name there (default: the host of --url)"),
    account: { ...text("account", "DOMAIN\\user or a UPN"), needed: "Such as --account 'CONTOSO\\probe'" },
    passwordFile: text(
      "file",
      'the app password is the first line of this file, which only you may read ("-": standard input)',
    ),
    device: text("id", "start UCWA with the device of this id, too, and end it again"),
    warning: count("WARNING from so many ms on", 1, 600_000),
    critical: count("CRITICAL from so many ms on", 1, 600_000),
    timeout: count(`give up after so many seconds (default ${DEFAULT_TIMEOUT_SECONDS})`, 1, 600),
    prometheus: flag("write metrics for Prometheus' textfile collector"),
  },
  examples: [
    "probe --url https://lyncdiscover.contoso.com --account 'CONTOSO\\probe' --password-file /etc/nagios/probe",
    "probe --url http://127.0.0.1:8787 --host web.contoso.test --account 'CONTOSO\\alice'",
  ],
  async run(context) {
    const { options, now } = context;
    const { url = "", account = "", host, device, warning, critical, timeout = DEFAULT_TIMEOUT_SECONDS } = options;
    const gateway = addressOf(url);
    const password = await passwordOf(context);
    const signal = AbortSignal.timeout(timeout * 1000);
    const outcome = await signInOnce({
      ...{ gateway, account, password, device, signal },
      ...(host === undefined ? {} : { host }),
    });
    const limits = { warning, critical };
    const exit = STATES[verdictOf(outcome, limits).state];
    const said = options.prometheus === true ? prometheusText(outcome, now()) : pluginText(outcome, limits);
    return { text: said, json: jsonOf(outcome, limits), exit };
  },
});

/** The address to ask. A ticket travels there, so it is https, or this machine. */
function addressOf(given: string): URL {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const loopback = url !== undefined && /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(url.hostname);
  const bare = url !== undefined && url.pathname === "/" && url.search === "" && url.username === "";
  if (bare && (url.protocol === "https:" || (url.protocol === "http:" && loopback))) return url;
  throw usage(
    `${JSON.stringify(given)} is not the address of a pool`,
    "Give https:// and one of PUBLIC_HOSTS, such as https://lyncdiscover.contoso.com",
  );
}
