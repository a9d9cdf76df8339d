import { spawnSync } from 'node:child_process';
import { closeSync, readdirSync, readFileSync } from 'node:fs';
import { isatty } from 'node:tty';

const STDIO = [0, 1, 2];

/** Whether any of stdin, stdout and stderr is a terminal. */
export function hasTerminal(): boolean {
  return STDIO.some((fd) => isatty(fd));
}

/** Whether this process is in the foreground of its terminal, and was not started with `&` or `bg`. */
export function isInForeground(): boolean {
  try {
    return isForegroundStat(readFileSync('/proc/self/stat', 'latin1'));
  } catch {
    if (process.platform === 'win32') return true;
    // A `+` means the foreground. Without `ps`, the foreground is assumed.
    const { status, stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(process.pid)]);
    return status !== 0 || stdout.includes('+');
  }
}

/** @param stat The file `/proc/PID/stat` of Linux: `pid (name) state ppid pgrp session tty tpgid …`. */
export function isForegroundStat(stat: string): boolean {
  const [, , group, , , owner] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // Without a controlling terminal, or with one whose owner is unknown, there is no other job.
  return Number(owner) <= 0 || owner === group;
}

/**
 * Prevents Node from setting the terminal's mode at the end of the process. Node does so even if another program has
 * the terminal: it would disturb the shell, or this process would be stopped forever.
 */
export function leaveTerminalAloneInBackground(): void {
  if (!hasTerminal()) return;
  process.on('exit', () => {
    if (isInForeground()) return;
    for (const name of readdirSync('/dev/fd')) {
      try {
        if (isatty(Number(name))) closeSync(Number(name));
      } catch {
        // It was the descriptor of `readdirSync` itself.
      }
    }
  });
}
