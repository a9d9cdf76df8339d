import type { ServerCommand } from './server-command.ts';
import { commandLineOf } from './setting-options.ts';

/** `runwsgi` serves by HTTP, where nothing says otherwise. */
export const RUNWSGI: ServerCommand = {
  name: 'runwsgi',
  description: 'Serve a site in production.',
  isSpawned: false,
  addArguments: (command) =>
    command.argument(
      '[app]',
      "the application: 'mysite.wsgi', 'mysite.wsgi:application' (the WSGI_APPLICATION setting)",
    ),
  read: (command) => commandLineOf(command, command.args[0]),
  defaults: () => ({}),
};
