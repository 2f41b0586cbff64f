// `enrolment`: the page on the LAN on which a person gets the code of an invitation.

import * as v from "valibot";
import { distinguishedName, whole } from "../config/directory.ts";

const NAME = 'Give the name by which browsers open the page, in lower case, e.g. "postern.corp.contoso.com".';
const FILE = "Give the path of a file, from the root.";
const HOST = "Give an IP address of this machine, or 0.0.0.0 for all.";

const file = v.pipe(v.string(FILE), v.regex(/^\/.+/, FILE));
const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1)$/;

/** The port of `https`, and so the one that stands in no address. */
const HTTPS_PORT = 443;

export const enrolmentSchema = v.pipe(
  v.strictObject({
    /** The service principal is `HTTP/` and this name. Browsers must open the page by it. */
    name: v.pipe(v.string(NAME), v.regex(/^(?=.{1,253}$)[a-z0-9-]+(\.[a-z0-9-]+)+$/, NAME)),
    /** Has the key of the service principal. */
    keytabFile: file,
    /** Of Kerberos. Without it: /etc/krb5.conf. */
    krb5ConfFile: v.optional(file),
    host: v.optional(v.pipe(v.string(HOST), v.regex(/^[0-9A-Fa-f:.]+$/, HOST)), "0.0.0.0"),
    port: v.optional(whole(0, 65_535), HTTPS_PORT),
    /** PEM: the page's certificate with those between it and the root, and its key. */
    tls: v.optional(v.strictObject({ certificateFile: file, keyFile: file })),
    /** Members of these get no code, nested groups included. Security groups only. */
    denyMembersOf: v.optional(v.pipe(v.array(distinguishedName), v.maxLength(20, "Give at most 20 groups.")), []),
  }),
  v.check(
    ({ tls, host }) => tls !== undefined || LOOPBACK.test(host),
    "Give tls with certificateFile and keyFile: without TLS the page is for this machine alone, with host 127.0.0.1.",
  ),
);

export type EnrolmentSettings = v.InferOutput<typeof enrolmentSchema>;
