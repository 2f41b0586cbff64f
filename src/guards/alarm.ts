// A guard has one alarm for everything that it has to do later.

/**
 * Sets the alarm for the earliest of these times (ms), unless it is set for an earlier one already. An undefined time
 * is ignored.
 */
export async function wakeBy(storage: DurableObjectStorage, ...times: readonly (number | undefined)[]): Promise<void> {
  const at = Math.min(...times.filter((time) => time !== undefined));
  if (at === Number.POSITIVE_INFINITY) return;
  const set = await storage.getAlarm();
  if (set === null || set > at) await storage.setAlarm(at);
}
