export { createClient, type TestClient, type TestClientOptions } from './create-client.ts';
export type { TestRequestOptions } from './request-options.ts';
