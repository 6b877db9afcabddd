import { type Operation, TRPCClientError, type TRPCLink } from '@trpc/client';
import { observable } from '@trpc/server/observable';
import type { AppRouter } from './api-type.ts';
import { platform } from './platform.ts';
import { transformer } from './transformer.ts';

/** What is used of an `EventSource`. A lost one connects again by itself, and says which event was its last. */
export interface LiveEventSource {
  readonly readyState: number;
  readonly CLOSED: number;
  addEventListener(type: string, listener: (event: { data: string; lastEventId: string }) => void): void;
  close(): void;
}

/**
 * Subscriptions as server-sent events, the way tRPC's server sends them. tRPC's own link would be a tenth of all that an
 * application loads of this client. A stream that was silent for longer than the server ever is has failed.
 */
export function eventStreamLink(
  url: string,
  open: (address: string) => Promise<LiveEventSource>,
): TRPCLink<AppRouter> {
  return () =>
    ({ op }) =>
      observable((observer) => {
        let source: LiveEventSource | undefined;
        let silenceMs = 0;
        let timer: unknown = null;
        let ended = false;

        function end(): void {
          ended = true;
          platform.clearTimeout(timer);
          source?.close();
        }

        function fail(cause: unknown): void {
          if (ended) return;
          end();
          observer.error(TRPCClientError.from(cause as Error));
        }

        function heard(): void {
          platform.clearTimeout(timer);
          if (silenceMs > 0)
            timer = platform.setTimeout(() => fail(new Error('The stream is silent')), silenceMs);
        }

        const act: Record<string, (data: unknown, id: string) => void> = {
          connected(told) {
            silenceMs = (told as { reconnectAfterInactivityMs?: number }).reconnectAfterInactivityMs ?? 0;
            heard();
            observer.next({ result: { type: 'started' } });
            observer.next({ result: { type: 'state', state: 'pending', error: null } });
          },
          message(wire, id) {
            const data = transformer.deserialize(wire as object);
            observer.next({ result: id ? { id, data: { id, data } } : { data } });
          },
          ping() {},
          'serialized-error': (wire) => fail({ error: transformer.deserialize(wire as object) }),
          return() {
            end();
            observer.next({ result: { type: 'stopped' } });
            observer.complete();
          },
        };

        async function connect(): Promise<void> {
          source = await open(addressOf(url, op));
          if (ended) return source.close();
          for (const [type, take] of Object.entries(act))
            source.addEventListener(type, ({ data, lastEventId }) => {
              if (ended) return;
              heard();
              try {
                take(data ? JSON.parse(data) : {}, lastEventId);
              } catch (error) {
                fail(error);
              }
            });
          source.addEventListener('error', () => {
            const error = TRPCClientError.from<AppRouter>(new Error('The stream was lost'));
            if (source!.readyState === source!.CLOSED) fail(error);
            else if (!ended) observer.next({ result: { type: 'state', state: 'connecting', error } });
          });
        }

        observer.next({ result: { type: 'state', state: 'connecting', error: null } });
        op.signal?.addEventListener('abort', end);
        void connect().catch(fail);
        return end;
      });
}

const addressOf = (url: string, { path, input }: Operation): string =>
  `${url}/trpc/${path}?input=${encodeURIComponent(JSON.stringify(transformer.serialize(input)))}`;
