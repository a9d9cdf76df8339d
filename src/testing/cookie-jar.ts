interface Cookie {
  readonly value: string;
  readonly path: string;
  readonly isSecure: boolean;
  /** In milliseconds; Infinity until the client ends. */
  readonly expiresAt: number;
}

/** The cookies of a client. It has one site, so domains are ignored. */
export class CookieJar {
  /** By name and path. */
  readonly #cookies = new Map<string, Cookie & { readonly name: string }>();

  /** @see https://www.rfc-editor.org/rfc/rfc6265#section-5.2 */
  store(setCookie: string, { pathname }: URL): void {
    const [pair = '', ...attributes] = setCookie.split(';').map((part) => part.trim());
    const equals = pair.indexOf('=');
    if (equals < 1) return;
    const name = pair.slice(0, equals);
    const given = new Map(
      attributes.map((attribute) => {
        const [key, ...value] = attribute.split('=');
        return [key!.toLowerCase(), value.join('=')];
      }),
    );
    const path = given.get('path')?.startsWith('/')
      ? given.get('path')!
      : pathname.replace(/\/[^/]*$/, '') || '/';
    const maxAge = given.get('max-age');
    const expires = given.get('expires');
    const expiresAt =
      maxAge !== undefined
        ? Date.now() + Number(maxAge) * 1_000
        : expires
          ? Date.parse(expires)
          : Number.POSITIVE_INFINITY;
    const key = `${name};${path}`;
    if (expiresAt <= Date.now()) this.#cookies.delete(key);
    else
      this.#cookies.set(key, {
        name,
        value: pair.slice(equals + 1),
        path,
        isSecure: given.has('secure'),
        expiresAt,
      });
  }

  /** The `Cookie` header for a URL; undefined for none. The cookies of longer paths come first. */
  headerFor({ pathname, protocol }: URL): string | undefined {
    const sent = [...this.#cookies.values()]
      .filter(({ path, isSecure, expiresAt }) => {
        const isBelow = pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`);
        return isBelow && expiresAt > Date.now() && (!isSecure || protocol === 'https:');
      })
      .sort((one, other) => other.path.length - one.path.length);
    return sent.length === 0 ? undefined : sent.map(({ name, value }) => `${name}=${value}`).join('; ');
  }

  get(name: string): string | undefined {
    return [...this.#cookies.values()].find((cookie) => cookie.name === name)?.value;
  }

  set(name: string, value: string): void {
    this.#cookies.set(`${name};/`, {
      name,
      value,
      path: '/',
      isSecure: false,
      expiresAt: Number.POSITIVE_INFINITY,
    });
  }

  clear(): void {
    this.#cookies.clear();
  }
}
