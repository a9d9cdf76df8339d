/** How many requests and connections each process has had, in a file of each. */

const { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const path = require('node:path');

const INTERVAL_MS = 50;

/** Returns what a process calls for each request, with the client's port. */
exports.start = (folder) => {
  mkdirSync(folder, { recursive: true });
  const ports = new Set();
  let requests = 0;
  let written = -1;
  const write = () => {
    if (written === requests) return;
    written = requests;
    // Renamed, so that nobody reads a file that is half written.
    const file = path.join(folder, String(process.pid));
    writeFileSync(`${file}.new`, `${requests} ${ports.size}`);
    renameSync(`${file}.new`, file);
  };
  write();
  setInterval(write, INTERVAL_MS).unref();
  return (port) => {
    requests += 1;
    ports.add(port);
  };
};

/** `[requests, connections]` of each process, by its pid. */
exports.read = (folder) =>
  new Map(
    readdirSync(folder)
      .filter((name) => !name.endsWith('.new'))
      .map((pid) => [pid, readFileSync(path.join(folder, pid), 'utf8').split(' ').map(Number)]),
  );
