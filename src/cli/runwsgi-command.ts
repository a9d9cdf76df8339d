import { onSignals } from '../arbiter/actions.ts';
import { ListeningSocket } from '../arbiter/listening-socket.ts';
import { parseBind } from '../production/binding/bind-address.ts';
import { TO_ARBITER } from '../production/message-checks.ts';
import { ACTIONS, ProductionArbiter } from '../production/parent/production-arbiter.ts';
import { ProductionWorkerHandle } from '../production/parent/production-worker-handle.ts';
import { SocketTable } from '../production/parent/socket-table.ts';
import { type CommonOptions, createSiteCommand, runCommand, workingFolder } from './command.ts';
import { findProject } from './find-project.ts';
import { ourOutput, workerStart } from './spawn-worker.ts';
import { goOnWithoutOutput, printError } from './terminal/output.ts';

export async function runwsgi(argv: string[]): Promise<void> {
  const command = createSiteCommand('runwsgi', 'Serve a site in production.')
    .argument('[app]')
    .option('-b, --bind <x>', '')
    .option('-w, --workers <n>', '')
    .option('--timeout <n>', '')
    .option('--warmup <n>', '')
    .option('--max-requests <n>', '')
    .action(serve);
  await runCommand(command, argv);
}

async function serve(
  app: string | undefined,
  options: CommonOptions & Record<string, string>,
): Promise<void> {
  goOnWithoutOutput();
  process.chdir(workingFolder(options.chdir));
  const log1 = (level: string) => (text: string) =>
    printError(`[${new Date().toISOString()}] [${process.pid}] [${level}] ${text}\n`);
  const log = {
    debug: log1('DEBUG'),
    info: log1('INFO'),
    warning: log1('WARNING'),
    error: log1('ERROR'),
    critical: log1('CRITICAL'),
    reopen() {},
    close() {},
  };
  const readSites = async () => [
    {
      name: 'default',
      settings: {
        bind: [options.bind ?? '127.0.0.1:8000'],
        workers: Number(options.workers ?? 1),
        timeoutMs: Number(options.timeout ?? 30) * 1000,
        bootTimeoutMs: 60_000,
        gracefulTimeoutMs: 30_000,
        drainDelayMs: 0,
        queueTimeoutMs: 10_000,
        maxRequests: Number(options.maxRequests ?? 0),
        maxRequestsJitter: 0,
        maxWorkerLifetimeMs: 0,
        maxMemory: 0,
        warmup: options.warmup ? [options.warmup] : [],
        allowDebug: false,
        app,
        backlog: 511,
      },
    },
  ];
  const startedIn = process.cwd();
  const arbiter = new ProductionArbiter({
    log,
    readSites,
    sockets: new SocketTable((address) => {
      const a = parseBind(address);
      return ListeningSocket.open(
        a.kind === 'tcp'
          ? a
          : a.kind === 'unix'
            ? { path: a.path, mode: 0o777 }
            : { fd: (a as { fd: number }).fd },
      );
    }),
    spawn: () => new ProductionWorkerHandle(workerStart('production', startedIn, TO_ARBITER), ourOutput()),
    orders: (settings) => {
      const project = findProject(process.cwd(), process.env, settings.settings);
      return {
        site: { ...project, skipChecks: false, serverPort: 0, limits: {}, application: settings.app },
        server: { isMultiprocess: settings.workers > 1 },
        warmup: settings.warmup,
        allowDebug: false,
      };
    },
    upgrade: async () => {},
    hasTerminal: process.stderr.isTTY,
    onEnded: () => process.exit(0),
  });
  onSignals(ACTIONS.signals, (action) => arbiter.ask(action));
  await arbiter.start(await readSites());
  log.info(`Serving at ${[...arbiter.sites[0]!.sockets].map((s) => JSON.stringify(s.address))}`);
}
