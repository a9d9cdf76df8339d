export { closing } from './closing.ts';
export { compose, type WSGIMiddleware } from './compose.ts';
export { dispatchByHost } from './dispatch-by-host.ts';
export { mount } from './mount.ts';
export { type ProxyFixOptions, proxyFix } from './proxy-fix.ts';
export { wrapResponse } from './wrap-response.ts';
