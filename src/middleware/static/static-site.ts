import { pathBytes } from '../../wsgi/environ/cgi-names.ts';
import type { Environ, StartResponse, WSGIApplication, WSGIResponse } from '../../wsgi/types.ts';
import { respondWithFile } from './file-response.ts';
import { parseHashedName } from './hashed-name.ts';
import { type StaticFile, StaticFolders } from './static-folders.ts';
import type { StaticFilesOptions } from './static-options.ts';

const FRESH_MS = 1_000;
const UNCHANGING = 'public, max-age=31536000, immutable';
const VALIDATED = 'no-cache';

/** A server can be notified of sent files. runserver uses this to update open pages when a stylesheet changes. */
const ON_FILE = 'startproject.on_static_file';

/** Answers requests with the files of some folders. */
export class StaticSite {
  readonly folders: StaticFolders;
  readonly #prefix: string;

  constructor({ url = '/static/', folders, freshMs = FRESH_MS }: StaticFilesOptions) {
    this.#prefix = pathBytes(url);
    this.folders = new StaticFolders(folders, freshMs);
  }

  /** Answers with a file if there is one, otherwise with the application `otherwise`. */
  respond(
    environ: Environ,
    startResponse: StartResponse,
    otherwise: WSGIApplication,
  ): WSGIResponse | Promise<WSGIResponse> {
    const name = this.#nameOf(environ);
    const found = name === undefined ? undefined : this.#find(name);
    if (found === undefined) return otherwise(environ, startResponse);
    const { REQUEST_METHOD: method } = environ;
    if (method !== 'GET' && method !== 'HEAD') {
      startResponse('405 Method Not Allowed', [
        ['Allow', 'GET, HEAD'],
        ['Content-Length', '0'],
      ]);
      return [];
    }
    const { file } = found;
    const onFile = environ[ON_FILE];
    if (typeof onFile === 'function') onFile(file.path, file.type);
    const response = respondWithFile(environ, startResponse, found);
    if (!(response instanceof Promise)) return response;
    return response.then((responded) => {
      if (responded !== undefined) return responded;
      this.folders.forget(found.name);
      return this.respond(environ, startResponse, otherwise);
    });
  }

  /** A name with the current hash can be cached for ever. A name with an older hash gets the current file. */
  #find(
    asked: string,
  ): { readonly name: string; readonly file: StaticFile; readonly cacheControl: string } | undefined {
    const hashed = parseHashedName(asked);
    if (hashed !== undefined) {
      const file = this.folders.find(hashed.name);
      const isSame = file !== undefined && this.folders.hashOf(hashed.name) === hashed.hash;
      if (file !== undefined && isSame) return { name: hashed.name, file, cacheControl: UNCHANGING };
    }
    for (const name of hashed === undefined ? [asked] : [asked, hashed.name]) {
      const file = this.folders.find(name);
      if (file !== undefined) return { name, file, cacheControl: VALIDATED };
    }
    return undefined;
  }

  #nameOf({ PATH_INFO: path = '' }: Environ): string | undefined {
    if (!path.startsWith(this.#prefix)) return undefined;
    const bytes = path.slice(this.#prefix.length);
    if (!/[\x80-\xff]/.test(bytes)) return bytes;
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(bytes, 'latin1'));
    } catch {
      return undefined; // No file can have such a name.
    }
  }
}
