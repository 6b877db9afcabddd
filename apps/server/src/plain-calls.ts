import type { IncomingMessage, ServerResponse } from 'node:http';
import { callTRPCProcedure, getTRPCErrorFromUnknown, TRPCError } from '@trpc/server';
import type { App, Context } from './context.ts';
import { comeBack, contextOf, MAX_BODY } from './http-context.ts';
import { Rendered } from './rendered.ts';
import { PLAIN_PATH } from './request.ts';
import type { AppRouter } from './router.ts';
import { toWireError } from './trpc.ts';

/** Answers a call, which has been found to be a `POST` of JSON. */
export type PlainCalls = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<void>;

/**
 * The API for those without tRPC: `POST /api/<procedure>` with the input as plain JSON answers with the output as plain JSON,
 * or with the error that it has everywhere. They are the same procedures, called by the same people: only what goes over the
 * wire is less.
 */
export function createPlainCalls(app: App, router: AppRouter): PlainCalls {
  const procedures = router._def.procedures as unknown as Record<
    string,
    { _def: { type: 'query' | 'mutation' | 'subscription' } } | undefined
  >;

  return async (request, response, { pathname }) => {
    const path = pathname.slice(PLAIN_PATH.length + 1);
    const left = new AbortController();
    response.once('close', () => left.abort());
    let ctx: Context | undefined;
    let input: Promise<unknown> | undefined;
    try {
      ctx = await contextOf(app, request, response, true);
      const type = procedures[path]?._def.type;
      if (type === undefined) throw new TRPCError({ code: 'NOT_FOUND' });
      if (type === 'subscription') throw new TRPCError({ code: 'METHOD_NOT_SUPPORTED' });
      const output = await callTRPCProcedure({
        router,
        path,
        type,
        ctx,
        getRawInput: () => (input ??= readJson(request)),
        signal: left.signal,
        batchIndex: 0,
      });
      answer(response, 200, output instanceof Rendered ? output.text : JSON.stringify(output));
    } catch (thrown) {
      const error = getTRPCErrorFromUnknown(thrown);
      app.reportError({ error, path, ctx });
      const data = toWireError(error);
      for (const [name, value] of Object.entries(comeBack([error]))) response.setHeader(name, value);
      answer(response, data.httpStatus, JSON.stringify(data));
    }
  };
}

/** The body as JSON; without one, undefined. */
async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY) throw new TRPCError({ code: 'PAYLOAD_TOO_LARGE' });
    chunks.push(chunk);
  }
  if (length === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (cause) {
    throw new TRPCError({ code: 'PARSE_ERROR', cause });
  }
}

function answer(response: ServerResponse, status: number, body: string): void {
  // Whoever still sends is not listened to.
  if (!response.req.complete) response.setHeader('Connection', 'close');
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(body);
}
