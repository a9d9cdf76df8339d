import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { explainListenError } from '../arbiter/listen-error.ts';
import { Reaper } from '../arbiter/reaper.ts';
import { ChokidarWatcher } from '../dev/changes/chokidar-watcher.ts';
import { gitLock } from '../dev/changes/git-lock.ts';
import { FolderWatcher } from '../dev/changes/watcher.ts';
import { DevArbiter } from '../dev/parent/dev-arbiter.ts';
import type { DevWorkerHandle } from '../dev/parent/dev-worker-handle.ts';
import { EditorRequests } from '../dev/parent/endpoints/editor-requests.ts';
import { LiveReload } from '../dev/parent/endpoints/live-reload.ts';
import { TypeWatch } from '../dev/types/type-watch.ts';
import { UsageError } from '../errors.ts';
import { packageVersion } from '../files/package-root.ts';
import { describeThrown } from '../text/thrown-text.ts';
import { toFailure } from '../worker/failure.ts';
import { dropOwnCode, ownCode } from '../worker/own-code.ts';
import type { SiteOptions } from '../worker/site/site-options.ts';
import { type Address, formatAddrport, parseAddrport } from './addrport.ts';
import { type CommonOptions, createSiteCommand, runCommand, workingFolder } from './command.ts';
import { type DevTlsOptions, readTls, schemeOf } from './dev-tls.ts';
import { FAILED } from './exit-codes.ts';
import { extraPaths } from './extra-paths.ts';
import { findProject, type Project } from './find-project.ts';
import { addLimitOptions, type LimitOptions, limitsOf } from './limit-options.ts';
import { collect, inspectorAddress, toMs } from './options/option-values.ts';
import { seeToInspector } from './options/own-inspector.ts';
import { listenForDevKeys } from './terminal/dev-keys.ts';
import { leaveTerminalAloneInBackground } from './terminal/foreground.ts';
import { HeldLines } from './terminal/held-lines.ts';
import { errorOptions, type LogFormat, logFormatOption, outputFor } from './terminal/log-format.ts';
import { openEditor } from './terminal/open-editor.ts';
import { openUrl } from './terminal/open-url.ts';
import { goOnWithoutOutput, print } from './terminal/output.ts';
import { quitOnSignals, quitter } from './terminal/quit.ts';
import { isWildcard, servedUrls } from './terminal/served-urls.ts';
import { typedCommand } from './typed-command.ts';

interface RunserverOptions extends CommonOptions, LimitOptions, DevTlsOptions {
  readonly ipv6?: boolean;
  readonly reload: boolean;
  readonly skipChecks?: boolean;
  readonly check?: boolean;
  readonly liveReload: boolean;
  readonly open?: boolean;
  readonly poll?: number | true;
  readonly watch?: readonly string[];
  readonly ignore?: readonly string[];
  readonly inspect?: string | true;
  readonly logFormat: LogFormat;
}

interface Start {
  readonly spawn: () => DevWorkerHandle;
  /** A worker that is already being started, for the first load. @default a worker is spawned on demand */
  readonly first?: DevWorkerHandle | undefined;
  /** The request lines that are not printed yet. */
  readonly held: HeldLines;
}

const HELP = `
On a terminal, keys do this: r reloads, o opens the site in the browser,
u shows its URLs, m shows a QR code, c clears the screen, q quits, h lists them.

Open pages refresh themselves after each reload (--no-live-reload).`;

/** The module of the build that serves with `--noreload`. */
const SINGLE_PROCESS = fileURLToPath(new URL('../dev/single-process.cjs', import.meta.url));

const DEFAULT_POLL_MS = 300;
const DEFAULT_INSPECTOR = '127.0.0.1:9229';

/**
 * Runs the command.
 *
 * @param argv Words after the command's name.
 */
export async function runserver(argv: string[], start: Start): Promise<void> {
  const command = createSiteCommand(
    'runserver',
    'Serve a site while you work on it, and reload it when you change it.',
  )
    .argument(
      '[addrport]',
      "port, or address:port: '8000', '0:8000', 'localhost:8000', '[::1]:8000', port 0 for any",
    )
    .option('-6, --ipv6', 'use IPv6: [::1]:8000 when no address is given')
    .option('--noreload', 'serve in one process, without reload')
    .option(
      '--check',
      'check settings, URLs, middleware, wsgi.ts and types once, and exit with 1 for an error',
    )
    .option('--skip-checks', 'do not check settings, URLs, middleware and types')
    .option('--open', 'open the site in the browser')
    .option('--no-live-reload', 'do not refresh open pages of the site after a reload')
    .option(
      '--poll [ms]',
      `check the files at an interval, for network and Docker mounts (${DEFAULT_POLL_MS})`,
      toMs,
    )
    .option(
      '--watch <path>',
      'reload also when this file or folder changes; repeatable (.env*, templates)',
      collect,
    )
    .option(
      '--ignore <glob>',
      "do not reload when these files change; the syntax is that of .gitignore: '*.md', '/docs', '!keep.md'; repeatable (none)",
      collect,
    )
    .option('--certfile <file>', 'serve HTTPS with this certificate, in PEM')
    .option('--keyfile <file>', 'the key of the certificate (in the same file)')
    .addOption(logFormatOption())
    .option('--inspect [host:port]', `let a debugger attach (${DEFAULT_INSPECTOR})`, inspectorAddress)
    .action((addrport: string | undefined, options: RunserverOptions & { noreload?: boolean }) =>
      serve(addrport, { ...options, reload: options.noreload !== true }, start),
    )
    .addHelpText('after', HELP);
  await runCommand(addLimitOptions(command), argv);
  if (process.exitCode) start.first?.kill();
}

async function serve(addrport: string | undefined, given: RunserverOptions, start: Start): Promise<void> {
  goOnWithoutOutput();
  leaveTerminalAloneInBackground();
  const address = parseAddrport(addrport, given.ipv6);
  process.chdir(workingFolder(given.chdir));
  const options = { ...given, tls: await readTls(given) };
  const project = findProject(process.cwd(), process.env, options.settings);
  if (options.check) await checkOnly(address, project, options);
  if (options.reload) await serveWithReload(address, project, options, start);
  else await serveInOneProcess(address, project, options);
}

async function checkOnly(address: Address, project: Project, options: RunserverOptions): Promise<never> {
  if (options.skipChecks) throw new UsageError('--check and --skip-checks exclude each other.');
  const { runChecks } = await import('./checks/run-checks.ts');
  return runChecks(siteOptions(address, project, options), options);
}

async function serveWithReload(
  address: Address,
  project: Project,
  options: RunserverOptions,
  { spawn, first = spawn(), held }: Start,
): Promise<void> {
  const terminal = outputFor(options.logFormat, options.traceback ?? false, {
    ...project,
    version: packageVersion(),
    held,
  });
  const extras = await extraPaths(project, options, (text) => terminal.onNotice(text));
  await seeToInspector(options, (text) => terminal.onNotice(text));
  const reaper = new Reaper();
  const onNotice = (text: string) => terminal.onNotice(text);
  const editor = new EditorRequests({ root: project.root, openFile: openEditor, onNotice });
  const liveReload = options.liveReload ? new LiveReload(options.limitRequestHead, editor) : undefined;
  const types = new TypeWatch({
    root: project.root,
    watchProcess: (child) => reaper.watch(child),
    onProblems(problems) {
      terminal.onTypes(problems);
      liveReload?.announceTypes(problems);
    },
    onNotice,
  });
  const arbiter = new DevArbiter({
    spawnWorker: () => reaper.watch(spawn()),
    createWatcher: (events) => {
      const { poll } = options;
      // Only on Linux is an event queued before the write returns. The extra paths are watched in the same way there,
      // so that a request does not have to `stat` a thousand templates.
      if (poll === undefined && process.platform === 'linux') return new FolderWatcher(events, extras);
      return new ChokidarWatcher(events, extras, poll === true ? DEFAULT_POLL_MS : poll);
    },
    extras,
    isBusy: gitLock(project.root),
    liveReload,
    editor,
    ...(!options.skipChecks && { types }),
    report: terminal,
    onBrokenStart: dropOwnCode,
  });
  let restoreTerminal = () => {};
  const quit = quitter({
    close(signal) {
      restoreTerminal();
      return arbiter.close(signal);
    },
    kill() {
      types.close();
      arbiter.workers.killAll();
    },
    onNotice,
  });
  quitOnSignals(quit);
  // The last resort: a site may write into the channel between the processes, or this package may have a bug.
  process.on('uncaughtException', (error) => {
    terminal.onError(unexpected(error));
    arbiter.workers.killAll();
  });
  const { port } = await arbiter.listener.listen(listenOptions(address)).catch(async (error) => {
    void arbiter.close();
    throw await explainListenError(error, address, typedAddress);
  });
  const bound = { ...address, port };
  arbiter.start({ ...siteOptions(bound, project, options), editorAction: editor.action }, first);
  const urls = servedUrls(bound, schemeOf(options));
  const hasKeys = options.logFormat === 'text';
  const restore = hasKeys
    ? listenForDevKeys({
        urls,
        reload: () => arbiter.reload(),
        showUrls: () => arbiter.showUrls(),
        print,
        quit,
        freeze: () => arbiter.workers.freezeAll(),
        thaw: () => arbiter.workers.thawAll(),
      })
    : undefined;
  restoreTerminal = restore ?? restoreTerminal;
  terminal.greet(urls, { hasKeys: restore !== undefined });
  reaper.watch(first); // Started only now, while the worker loads, so that it does not delay the worker.
  if (options.open) openUrl(urls.local, print);
}

async function serveInOneProcess(
  address: Address,
  project: Project,
  options: RunserverOptions,
): Promise<void> {
  const code = ownCode();
  const { endSite, loadSite } = code.load(SINGLE_PROCESS) as typeof import('../dev/single-process.ts');
  const terminal = outputFor(options.logFormat, options.traceback ?? false, {
    ...project,
    version: packageVersion(),
    held: new HeldLines(print, 0), // The site prints on the same stdout.
  });
  const saveCode = () => void code.save();
  const server = await loadSite(siteOptions(address, project, options), terminal, saveCode).catch((error) => {
    terminal.onLoaded({ generation: 1, ms: 0, changed: [], failure: toFailure(error) });
  });
  if (server === undefined) {
    process.exitCode = FAILED;
    return;
  }
  const bound = await server.listen(listenOptions(address)).catch(async (error) => {
    throw await explainListenError(error, address, typedAddress);
  });
  const quit = quitter({
    close: (signal) => endSite(server, signal, ours, (text) => terminal.onError(text)),
    kill() {},
    onNotice: (text) => terminal.onNotice(text),
  });
  const ours = quitOnSignals(quit);
  const urls = servedUrls({ ...address, port: (bound as AddressInfo).port }, schemeOf(options));
  terminal.greet(urls, { hasKeys: false, reloads: false });
  if (options.open) openUrl(urls.local, print);
}

function unexpected(error: unknown): string {
  const text = (error as Error | undefined)?.stack ?? describeThrown(error);
  return `An internal error; the site's processes are started again:\n${text}\n`;
}

function siteOptions(address: Address, project: Project, options: RunserverOptions): SiteOptions {
  const { inspect } = options;
  return {
    ...project,
    skipChecks: options.skipChecks ?? false,
    // For a wildcard address, it is the address that the client has connected to.
    ...(!isWildcard(address.host) && { serverName: address.host }),
    serverPort: address.port,
    limits: limitsOf(options),
    tls: options.tls,
    ...errorOptions(options.logFormat, options.traceback ?? false),
    ...(inspect !== undefined && {
      inspect: inspect === true ? DEFAULT_INSPECTOR : inspect,
    }),
  };
}

/** The command line that serves at an address. */
function typedAddress(address: Pick<Address, 'host' | 'port'>): string {
  return typedCommand('runserver', [formatAddrport(address)]);
}

function listenOptions({ host, port, isIPv6 }: Address) {
  return { host, port, ipv6Only: isIPv6 && host !== '::' };
}
