export type { StaticFilesOptions } from '../../middleware/static/static-options.ts';
export { staticFiles } from './static-files.ts';
export { staticUrl } from './static-url.ts';
