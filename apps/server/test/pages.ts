import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Network } from '../src/previews/network.ts';
import { CERTIFICATE, KEY } from './certificate.ts';

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** A web server of this machine, and a network in which names lead to it, and nothing else is open. */
export interface Pages extends AsyncDisposable {
  network: Network;
  /** By path. */
  answers: Record<string, Answer>;
  /** What was asked, as `host/path`. */
  asked: string[];
  /** The headers of the last request. */
  headers: IncomingMessage['headers'];
  /** Each name that was looked up, in order. */
  resolved: string[];
  /** What names lead to that do not lead here; each time it is asked for, the next one. */
  names: Record<string, string[][]>;
  port: number;
  /** The link to a path, of a name unless another is given. */
  link(path: string, name?: string): string;
}

export async function startPages({ isSecure = false } = {}): Promise<Pages> {
  const answer: RequestListener = (request, response) => {
    pages.asked.push(`${request.headers.host}${request.url}`);
    pages.headers = request.headers;
    const found = pages.answers[new URL(request.url!, 'http://any').pathname];
    if (found) found(response, request);
    else response.writeHead(404, { 'content-type': 'text/html' }).end('<title>not found</title>');
  };
  const server = isSecure
    ? createSecureServer({ cert: CERTIFICATE, key: KEY }, answer)
    : createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const pages: Pages = {
    network: {
      async resolve(name) {
        pages.resolved.push(name);
        return pages.names[name]?.shift() ?? ['127.0.0.1'];
      },
      isOpen: (address, at) => address === '127.0.0.1' && at === port,
    },
    answers: {},
    asked: [],
    headers: {},
    resolved: [],
    names: {},
    port,
    link: (path, name = 'tea.example') => `http${isSecure ? 's' : ''}://${name}:${port}${path}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return pages;
}

/** An answer of HTML. */
export const html =
  (text: string | Buffer, headers: Record<string, string> = {}): Answer =>
  (response) =>
    void response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...headers }).end(text);

export const redirect =
  (location: string): Answer =>
  (response) =>
    void response.writeHead(302, { location }).end();
