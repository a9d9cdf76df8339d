import { dispatcher } from './dispatch.ts';
import { files } from './files.ts';
import { portable } from './portable.ts';

const all = { ...portable, ...files };

export type ApplicationName = keyof typeof all;

/** All applications of the suite as one. */
export const application = dispatcher(all);
