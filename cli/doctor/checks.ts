// Every check, in the order of the report.

import { adfs } from "./checks/adfs.ts";
import { agent } from "./checks/agent.ts";
import { answers } from "./checks/answers.ts";
import { caching } from "./checks/caching.ts";
import { certificate } from "./checks/certificate.ts";
import { challenge } from "./checks/challenge.ts";
import { clients } from "./checks/clients.ts";
import { clocks } from "./checks/clocks.ts";
import { closed } from "./checks/closed.ts";
import { discovery } from "./checks/discovery.ts";
import { exchange } from "./checks/exchange.ts";
import { grants, metadata } from "./checks/grants.ts";
import { health } from "./checks/health.ts";
import { http2 } from "./checks/http2.ts";
import { leaks } from "./checks/leaks.ts";
import { links } from "./checks/links.ts";
import { migrations } from "./checks/migrations.ts";
import { names } from "./checks/names.ts";
import { ntlm, wrongPassword } from "./checks/ntlm.ts";
import { oldProxy } from "./checks/old-proxy.ts";
import { otherHost } from "./checks/other-host.ts";
import { ownHosts } from "./checks/own-hosts.ts";
import { poll } from "./checks/poll.ts";
import { rewriting } from "./checks/rewriting.ts";
import { signIn } from "./checks/sign-in.ts";
import { simpleUrls } from "./checks/simple-urls.ts";
import { sipEdge } from "./checks/sip-edge.ts";
import { tokenService } from "./checks/token-service.ts";
import { workersDev } from "./checks/workers-dev.ts";
import type { Check } from "./types.ts";

export const CHECKS: readonly Check[] = [
  ...[names, certificate, answers, discovery, simpleUrls, ownHosts, tokenService, workersDev],
  ...[links, otherHost, closed, leaks],
  ...[challenge, grants, metadata, ntlm, wrongPassword, http2, signIn, poll],
  ...[clients, caching, rewriting],
  ...[health, clocks, migrations, agent],
  ...[sipEdge, exchange, adfs, oldProxy],
];
