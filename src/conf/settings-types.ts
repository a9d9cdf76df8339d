/**
 * Answers a request with the inner middleware and the view. It never throws: errors have been converted to responses.
 */
export type GetResponse = (request: Request) => Promise<Response>;

/** Middleware of Requests. `getResponse` calls the next middleware or the view; the returned function answers in its place. */
export type Middleware = (getResponse: GetResponse) => (request: Request) => Response | Promise<Response>;

/**
 * Every setting and its type. A site declares its own names by augmentation.
 *
 * @example
 * declare module 'startproject/conf' {
 *   interface Settings {
 *     NEWSLETTER_SENDER: string;
 *   }
 * }
 */
export interface Settings {
  /** Shows technical error pages. Never turn it on for a public site. @default false */
  DEBUG: boolean;
  /** The key for signing and encrypting. Reading it while it is empty throws an error. @default '' */
  SECRET_KEY: string;
  /** The hosts that the site answers to: `example.com`, `.example.com` with its subdomains, or `*` for all. @default [] */
  ALLOWED_HOSTS: readonly string[];
  /** Middleware of Requests, the outermost first: dotted paths or functions. @default [] */
  MIDDLEWARE: readonly (string | Middleware)[];
  /** The module that exports `urlpatterns`: its dotted path, or the imported module. @default null */
  ROOT_URLCONF: string | object | null;
  /** The application that the servers run, `mysite.wsgi.application`. null means `getWsgiApplication()`. @default null */
  WSGI_APPLICATION: string | null;
  /**
   * The largest body, in bytes, that `request.text()`, `json()`, `formData()` and the other methods read into memory. A larger one is
   * answered with 413. null means no limit. `request.body` and `wsgi.input` are streams and have no limit.
   *
   * @default 2621440
   */
  DATA_UPLOAD_MAX_MEMORY_SIZE: number | null;
  /** Redirects `/path` to `/path/` if only the second has a view. @default true */
  APPEND_SLASH: boolean;
  /** Takes the host from `X-Forwarded-Host`. Use it only behind a proxy that always sets this header. @default false */
  USE_X_FORWARDED_HOST: boolean;
  /** The variable and the value that mean https behind a proxy: `['HTTP_X_FORWARDED_PROTO', 'https']`. @default null */
  SECURE_PROXY_SSL_HEADER: readonly [name: string, value: string] | null;
  /**
   * The path at which the site is mounted, in place of the server's SCRIPT_NAME. `runfcgi` also sets SCRIPT_NAME and PATH_INFO of the
   * environ by it; other servers do not change the environ.
   *
   * @default null
   */
  FORCE_SCRIPT_NAME: string | null;
  /**
   * The URL of static files: `static/`, which is below the path of the site, or a URL with a scheme if another server has the files. It
   * ends with a slash. @default 'static/'
   */
  STATIC_URL: string;
  /** Folders whose files are served below STATIC_URL. If a file is in several folders, the first one is used. @default [] */
  STATICFILES_DIRS: readonly string[];
}
