/** A process that logs something and ends at once, or each time that it gets a message. */

import { createErrorLog } from '../../../src/production/logs/error-log.ts';

const [target = '-', goesOn] = process.argv.slice(2);
const log = createErrorLog({ target, level: 'info' });
if (goesOn === undefined) {
  log.info('the last words');
  process.exit();
}
process.on('message', () => {
  log.info('a line');
  setImmediate(() => setImmediate(() => process.send!('logged')));
});
