import type { ServerCommand } from './server-command.ts';
import { commandLineOf } from './setting-options.ts';

/** `runwsgi` serves HTTP by default. */
export const RUNWSGI: ServerCommand = {
  name: 'runwsgi',
  description: 'Serve a site in production.',
  help: {},
  examples: [
    'runwsgi -w auto -b 0.0.0.0:8000 --access-logfile -',
    'runwsgi mysite.wsgi:application -b unix:/run/mysite.sock',
    'runwsgi --check-config',
    'runwsgi reload',
  ],
  isSpawned: false,
  addArguments: (command) =>
    command.argument(
      '[app]',
      "the application: 'mysite.wsgi', 'mysite.wsgi:application' (the WSGI_APPLICATION setting)",
    ),
  read: (command) => commandLineOf(command, command.args[0]),
  defaults: () => ({}),
};
