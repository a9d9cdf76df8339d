/** A process that writes numbered lines to a log which others write to as well, and ends without another turn of the loop. */

import { createAccessLog } from '../../../src/production/logs/access-log.ts';
import { COMBINED } from '../../../src/production/logs/access-log-format.ts';
import { recordOf } from './_record.ts';

const LINES_A_TURN = 20;

const [target = '-', id, count] = process.argv.slice(2);
const log = createAccessLog({
  target,
  format: COMBINED,
  onTrouble: (text) => process.send!({ trouble: text }),
});
process.on('message', () => {
  log.reopen();
  process.send!('reopened');
});

let line = 0;
writeTurn();

function writeTurn(): void {
  for (let i = 0; i < LINES_A_TURN; i++) {
    // Now and then a line is longer than a pipe takes as a whole.
    const filling = line % 1_000 === 999 ? 'x'.repeat(5_000) : '';
    log.log(recordOf({ target: `/${id}/${line}/${filling}`, environ: {} }));
    line += 1;
    if (line === Number(count)) process.exit();
  }
  setImmediate(writeTurn);
}
