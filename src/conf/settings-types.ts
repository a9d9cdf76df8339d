/** Answers a request: the view, behind the middleware that lies further in. It never throws. */
export type GetResponse = (request: Request) => Promise<Response>;

/** Wraps everything further in: takes what answers there and returns what answers in its place. */
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
  /** Technical error pages instead of plain ones. Never on a public site. @default false */
  DEBUG: boolean;
  /** For signing. Reading it while it is empty throws. @default '' */
  SECRET_KEY: string;
  /** The `Host` headers that are answered: `example.com`, `.example.com` with subdomains, or `*`. @default [] */
  ALLOWED_HOSTS: readonly string[];
  /** Dotted paths or functions, the outermost first. @default [] */
  MIDDLEWARE: readonly (string | Middleware)[];
  /** The module that exports `urlpatterns`: its dotted path, or the imported module. @default null */
  ROOT_URLCONF: string | object | null;
  /** The application that the servers run, `mysite.wsgi.application`; null for the default one. @default null */
  WSGI_APPLICATION: string | null;
  /**
   * How many bytes of a body `request.text()`, `json()`, `formData()` and their kind may read into memory at once; more
   * is answered with 413. null for any amount. `request.body` and `wsgi.input`, which stream, have no limit.
   *
   * @default 2621440
   */
  DATA_UPLOAD_MAX_MEMORY_SIZE: number | null;
  /** Redirect to the path with a slash at its end when only that one has a view. @default true */
  APPEND_SLASH: boolean;
  /** Take the host from `X-Forwarded-Host`. Only behind a proxy that always sets it. @default false */
  USE_X_FORWARDED_HOST: boolean;
  /** The variable and the value by which a proxy says https: `['HTTP_X_FORWARDED_PROTO', 'https']`. @default null */
  SECURE_PROXY_SSL_HEADER: readonly [name: string, value: string] | null;
  /**
   * The path that the site is mounted at, whatever the server's SCRIPT_NAME says. `runfcgi` puts it into the environ, with
   * what lies below it as PATH_INFO; other servers leave the environ as it is.
   *
   * @default null
   */
  FORCE_SCRIPT_NAME: string | null;
  /**
   * Where static files are, below the site's own path: `static/`; or a URL with its scheme where another server has them.
   * It ends with a slash. @default 'static/'
   */
  STATIC_URL: string;
  /** Folders whose files are served below STATIC_URL. What lies in several comes from the first. @default [] */
  STATICFILES_DIRS: readonly string[];
}
