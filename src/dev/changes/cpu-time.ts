/** Milliseconds that this process has had of the processors. Unlike a clock, it stands still while others have them. */
export function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
