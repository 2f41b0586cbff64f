// The types of what we use from npm `kerberos`. The package's own types come with its native part, which is missing
// when only the tests of this folder run.

declare module "kerberos" {
  /** What accepts one client: `step` takes what the browser sent, in base64. */
  export interface KerberosServer {
    /** The principal that the ticket is for, once `contextComplete` is true. */
    readonly username: string;
    readonly contextComplete: boolean;
    /** Returns what must be sent back, in base64; null: nothing. Rejects a ticket that cannot be used. */
    step(token: string): Promise<string | null>;
  }
  /** `service`: `HTTP@host`, whose key is in the keytab that KRB5_KTNAME names. */
  export function initializeServer(service: string): Promise<KerberosServer>;
}
