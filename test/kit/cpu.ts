// Measures how long something takes, whatever else the machine does.

/** A clock of the processor's time that this process has used, ms. Only in Node. */
export function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
