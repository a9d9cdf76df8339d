import { dispatcher } from './dispatch.ts';
import { endings } from './endings.ts';
import { failures } from './failures.ts';
import { requests } from './requests.ts';
import { responses } from './responses.ts';

/** The applications of the suite that need nothing of Node. */
export const portable = { ...requests, ...responses, ...failures, ...endings };

/** They as one, for runtimes without Node's modules. */
export const application = dispatcher(portable);
