/** Words for actions other than a server in this process. */
const NO_SERVER = new Set([
  '-h',
  '--help',
  '--version',
  '--print-config',
  '--check-config',
  '-D',
  '--daemon',
]);
const COMMANDS = new Set(['help', 'status', 'reload', 'stop', 'scale', 'logs', 'inject']);

/** Whether a command line starts a server in this process, as far as this is known before parsing. */
export function asksForServer(argv: readonly string[]): boolean {
  return !argv.some((word) => NO_SERVER.has(word)) && !COMMANDS.has(argv[0]!);
}
