/** A `runwsgi` that serves nothing: its commands for a running server are real. */

import { createSiteCommand, runCommand } from '../../../src/cli/command.ts';
import { addControlCommands } from '../../../src/cli/control/control-commands.ts';
import { print } from '../../../src/cli/terminal/output.ts';

const command = createSiteCommand('runwsgi', 'Serve a site in production.')
  .option('-p, --pid <file>', 'pid file')
  .option('-w, --workers <count>', 'workers')
  .argument('[app]')
  .action((app) => print(`serves ${app}\n`));
await runCommand(addControlCommands(command), process.argv.slice(2));
