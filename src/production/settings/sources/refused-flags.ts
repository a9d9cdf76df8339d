/** Flags of gunicorn that are not supported, each with a replacement. */
export const REFUSED_FLAGS: Readonly<Record<string, string>> = {
  '-k, --worker-class':
    'There is one kind of worker: a process whose event loop serves many requests at once.',
  '--threads': 'A worker serves many requests at once without threads. For more CPUs, use --workers.',
  '--worker-connections':
    'A worker takes as many connections as there are. To bound the wait, use --queue-timeout.',
  '--worker-tmp-dir': 'Workers and the server exchange messages, not files.',
  '--reload': 'In development use runserver. In production use --touch-to-reload, or: runwsgi reload',
  '--reload-engine': 'In development use runserver. In production use --touch-to-reload, or: runwsgi reload',
  '--reload-extra-file': 'Use --touch-to-reload.',
  '--reuse-port': 'The workers share one socket, so that no connection is lost when one of them ends.',
  '-n, --name': 'For the name by which runwsgi status, reload and stop find the server, use --control.',
  '--pythonpath': 'Modules are found from the folder of the project, and by the paths of tsconfig.json.',
  '--paste': 'Name the application: runwsgi mysite.wsgi:application',
  '--initgroups': '--user takes the supplementary groups of the user along.',
  '--statsd-host': 'There is no StatsD client. For figures use: runwsgi status --json',
  '--log-syslog': 'Write to standard error: systemd and containers pass that on.',
  '--log-config': 'Use --error-logfile, --access-logfile and --log-level.',
  '--capture-output':
    'The error log is for messages of the server. What the site prints goes to its own output.',
  '--ciphers': 'TLS has Node’s ciphers. To change them, start Node with --tls-cipher-list, by NODE_OPTIONS.',
  '--ssl-version':
    'TLS has Node’s versions, 1.2 and later. To change that, use --tls-min-v1.3, by NODE_OPTIONS.',
};
