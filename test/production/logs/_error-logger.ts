/** A process that logs something and ends at once. */

import { createErrorLog } from '../../../src/production/logs/error-log.ts';

const [target = '-'] = process.argv.slice(2);
createErrorLog({ target, level: 'info' }).info('the last words');
process.exit();
