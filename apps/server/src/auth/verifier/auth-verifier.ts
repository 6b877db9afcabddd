import type { Context } from '../../context.ts';

/** Who holds a token, and until when. That the session goes on is for `authenticate` to ask. */
export interface VerifiedToken {
  sessionId: string;
  userId: string;
  expiresAt: Date;
}

/** Who asks, before it is known who they are. */
export type Caller = Pick<Context, 'app' | 'client'>;

/** Says who holds a token. There are three: our own tokens, those of an issuer, and those of a gRPC service. */
export interface AuthVerifier {
  /**
   * Null for a token that is no good, whatever it is. Errors: `UNAVAILABLE` when that cannot be told at the moment, so
   * that nobody is logged out by it; `BANNED`.
   */
  verify(caller: Caller, token: string): Promise<VerifiedToken | null>;
  close(): void;
}
