/** Entry of a worker process: loads all else, as V8 has compiled it before. */

import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import '../loader/native-import.ts'; // Loaded by Node, for those that are not.
import { userCaches } from '../user-caches.ts';
import { CodeCache } from './code-cache.ts';

/** The build writes in what names it. */
const BUILD = '__BUILD__';

const caches = userCaches(process.env, homedir);
const file = caches && path.join(caches, 'startproject', `code-${process.version}-${process.arch}`);
const code = new CodeCache(file, BUILD);
const main = fileURLToPath(new URL('./main.cjs', import.meta.url));
(code.load(main) as typeof import('./main.ts')).main({ saveCode: () => void code.save() });
