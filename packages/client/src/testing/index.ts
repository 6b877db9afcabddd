export { startTestServer, type TestPerson, type TestServer, type TestServerOptions } from './test-server.ts';
export { type UnreliableLink, unreliable } from './unreliable.ts';
