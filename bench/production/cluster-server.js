/** `node cluster-server.js rr|none WORKERS` serves http-app.cjs in workers of `node:cluster`. */

import cluster from 'node:cluster';

const [policy, workers] = process.argv.slice(2);
if (cluster.isPrimary) {
  cluster.schedulingPolicy = policy === 'rr' ? cluster.SCHED_RR : cluster.SCHED_NONE;
  for (let i = 0; i < Number(workers); i++) cluster.fork();
} else {
  await import('./http-app.cjs');
}
