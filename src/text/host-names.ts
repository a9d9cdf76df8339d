/** What a site in development answers to when it names no hosts itself. */
export const LOCAL_HOSTS: readonly string[] = ['.localhost', '127.0.0.1', '[::1]'];

const HOST = /^([a-z0-9.-]+|\[[a-f0-9]*:[a-f0-9.:]+\])(?::[0-9]+)?$/;

/** The host that a `Host` header names, in lower case and without its port, or undefined for one that is malformed. */
export function domainOf(host: string): string | undefined {
  const domain = HOST.exec(host.toLowerCase())?.[1]?.replace(/\.$/, '');
  return domain && URL.canParse(`http://${host}/`) ? domain : undefined;
}

/** Whether a host is one of these, as ALLOWED_HOSTS has them: names in lower case, `.example.com`, `*`. */
export function isAllowed(domain: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => {
    if (pattern === '*' || pattern === domain) return true;
    return pattern.startsWith('.') && (domain.endsWith(pattern) || domain === pattern.slice(1));
  });
}
