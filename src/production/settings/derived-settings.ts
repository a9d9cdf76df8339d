import { requestLimits } from '../../servers/request-limits.ts';
import { isLocal, parseBind } from '../binding/bind-address.ts';
import type { Layer } from './sources/origin.ts';

const BEHIND_PROXY_MS = 75_000;
const DIRECT_MS = 5_000;
/** The web server has its own keep-alive time, and may lose a request on a connection that is closed here. */
const GATEWAY_MS = 86_400_000;

/** The defaults that depend on other settings. */
export function derivedDefaults(layer: Layer): Readonly<Record<string, unknown>> {
  const given = (name: string) => layer.get(name)?.value as number | undefined;
  const limits = requestLimits({
    limitRequestLine: given('limitRequestLine'),
    limitRequestFields: given('limitRequestFields'),
    limitRequestFieldSize: given('limitRequestFieldSize'),
    limitRequestHead: given('limitRequestHead'),
  });
  return {
    keepAlive:
      layer.get('protocol')!.value === 'http'
        ? defaultKeepAliveMs(layer.get('bind')!.value as readonly string[])
        : GATEWAY_MS,
    limitRequestLine: limits.line,
    limitRequestFields: limits.fields,
    limitRequestFieldSize: limits.fieldSize,
    limitRequestHead: limits.head,
  };
}

/**
 * The default keep-alive time. A server that is reachable only from its own machine is behind a proxy. The proxy must
 * close first, and most proxies wait 60 seconds.
 */
function defaultKeepAliveMs(addresses: readonly string[]): number {
  return addresses.every((address) => isLocal(parseBind(address))) ? BEHIND_PROXY_MS : DIRECT_MS;
}
