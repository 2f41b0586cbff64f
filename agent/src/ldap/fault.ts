// Why the directory could not be asked, with what to do about it. LDAP's own words are for those who know LDAP.

import { InvalidCredentialsError, ResultCodeError } from "ldapts";

/**
 * `unreachable`: no connection, or it broke. `untrusted`: TLS did not work. `refused`: the account cannot sign in.
 * `missing`: a distinguished name of the configuration is not there. `unreadable`: the controller answered something
 * else.
 */
export type DirectoryFaultKind = "unreachable" | "untrusted" | "refused" | "missing" | "unreadable";

export class DirectoryFault extends Error {
  readonly kind: DirectoryFaultKind;
  readonly fix: string;

  constructor(kind: DirectoryFaultKind, message: string, fix: string, cause?: unknown) {
    super(message, { cause });
    this.name = "DirectoryFault";
    this.kind = kind;
    this.fix = fix;
  }
}

/** The fault for what a library or Node said of a connection to `server`. */
export function faultOf(fault: unknown, server: string): DirectoryFault {
  if (fault instanceof DirectoryFault) return fault;
  const { code, message } = fault as NodeJS.ErrnoException;
  if (fault instanceof InvalidCredentialsError) {
    const because = BIND_DATA[/data ([0-9a-f]+)/i.exec(message)?.[1] ?? ""] ?? "the name or the password is wrong";
    return new DirectoryFault(
      "refused",
      `${server} does not let the agent's account sign in: ${because}`,
      BIND_FIX,
      fault,
    );
  }
  if (fault instanceof ResultCodeError) {
    const fix = "The controller's own log says more of it.";
    return new DirectoryFault("unreadable", `${server} answered: ${fault.name} ${shortened(message)}`, fix, fault);
  }
  if (TLS.test(`${code ?? ""} ${message}`)) {
    const what = `${server} has a certificate that cannot be trusted: ${shortened(message)}`;
    const fix =
      "Put the CA's certificate into directory.caFile, and name the controller by the name in its certificate.";
    return new DirectoryFault("untrusted", what, fix, fault);
  }
  const fix = "Check the name, the port (636 for ldaps, 389 for ldap with StartTLS) and the firewalls between.";
  return new DirectoryFault("unreachable", `${server} does not answer: ${code ?? shortened(message)}`, fix, fault);
}

const TLS = /CERT|SELF_SIGNED|ALTNAME|UNABLE_TO|SSL|TLS|certificate/;
const BIND_FIX = "Check directory.bind: the user's UPN or distinguished name, and its password in passwordFile.";

/** What Active Directory says behind `data` of a refused sign-in (Windows error codes, hexadecimal). */
const BIND_DATA: Readonly<Record<string, string>> = {
  "525": "there is no such account",
  "52e": "the name or the password is wrong",
  "530": "it may not sign in at this time",
  "531": "it may not sign in at this machine",
  "532": "its password has expired",
  "533": "it is disabled",
  "701": "it has expired",
  "773": "its password must be changed first",
  "775": "it is locked",
};

const shortened = (message: string): string => message.replace(/\s+/g, " ").slice(0, 200);
