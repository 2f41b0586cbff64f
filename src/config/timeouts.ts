// How long Postern waits for what stands behind it. Meanwhile the client waits, so the defaults are short. A slow line
// to the pool may need more.

/** The variables. */
export type TimeoutEnv = { readonly CONNECTOR_TIMEOUT_SECONDS?: string; readonly FRONT_END_TIMEOUT_SECONDS?: string };

/** ms */
export type Timeouts = {
  /** For all connectors together. */
  readonly connectorMs: number;
  /** For a service of the Front-End that is asked with a body that Postern has read. Such a service answers at once. */
  readonly frontEndMs: number;
};

/** An order to a connector is valid for half a minute, so a later answer is useless. */
const MAX_CONNECTOR_SECONDS = 30;
const MAX_FRONT_END_SECONDS = 60;

/** Reads both; a fault is a sentence with its fix. */
export function readTimeouts(env: TimeoutEnv, faults: string[]): Timeouts {
  const read = (name: keyof TimeoutEnv, seconds: number, most: number): number => {
    const text = (env[name] ?? String(seconds)).trim();
    if (!/^[1-9]\d?$/.test(text) || Number(text) > most) {
      faults.push(`${name} is "${text}"; it must be a number of seconds from 1 to ${most} (default ${seconds}).`);
    }
    return Number(text) * 1_000;
  };
  return {
    connectorMs: read("CONNECTOR_TIMEOUT_SECONDS", 6, MAX_CONNECTOR_SECONDS),
    frontEndMs: read("FRONT_END_TIMEOUT_SECONDS", 15, MAX_FRONT_END_SECONDS),
  };
}
