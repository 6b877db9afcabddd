import type { WebSocketConstructor } from '@parley/client';
import { WebSocket } from 'ws';

/** What lies between one client and the server, and can be cut. */
export interface Cable {
  /** The class of the sockets that go through it. */
  WebSocket: WebSocketConstructor;
  /**
   * Breaks the connection without a goodbye of WebSocket, as a pulled cable does; the server has not asked for
   * it. False when there is none to break.
   */
  cut(): boolean;
}

export function layCable(): Cable {
  const open = new Set<WebSocket>();
  class Socket extends WebSocket {
    constructor(url: string) {
      super(url, { perMessageDeflate: false });
      this.once('open', () => open.add(this));
      this.once('close', () => open.delete(this));
    }
  }
  return {
    WebSocket: Socket as unknown as WebSocketConstructor,
    cut() {
      const any = open.size > 0;
      for (const socket of open) socket.terminate();
      open.clear();
      return any;
    },
  };
}
