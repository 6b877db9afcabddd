import {
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceError,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';
import { loadSync, type ServiceDefinition } from '@grpc/proto-loader';
import { PROJECT_FOLDER } from '../src/project.ts';

/** What the service says of a token; what is left out has proto3's default. */
export interface Verified {
  subject?: string;
  session?: string;
  username?: string;
  full_name?: string;
  email?: string;
  email_verified?: boolean;
  expires_at?: number;
}

/** A gRPC service that keeps accounts. It speaks what proto/auth.proto says. */
export interface AuthService extends AsyncDisposable {
  port: number;
  /** The tokens that it takes. */
  tokens: Map<string, Verified>;
  /** How it answers: as it should, not at all, or with an error of its own. */
  mood: 'well' | 'silent' | 'broken';
  requests: string[];
  /** Leaves without a word, as when the machine goes. */
  stop(): void;
}

type Call = ServerUnaryCall<{ token: string }, Verified>;

export async function startAuthService(
  port = 0,
  credentials = ServerCredentials.createInsecure(),
): Promise<AuthService> {
  const server = new Server();
  const file = `${PROJECT_FOLDER}apps/server/proto/auth.proto`;
  const definition = loadSync(file, { keepCase: true })['parley.auth.v1.AuthVerifier'] as ServiceDefinition;
  server.addService(definition, {
    Verify({ request: { token } }: Call, callback: sendUnaryData<Verified>) {
      service.requests.push(token);
      const verified = service.tokens.get(token);
      if (service.mood === 'broken') callback(refusal(status.INTERNAL, `failed over ${token}`));
      else if (service.mood === 'well')
        callback(verified ? null : refusal(status.UNAUTHENTICATED, 'no such token'), verified ?? null);
    },
  });
  const bound = await new Promise<number>((resolve, reject) =>
    server.bindAsync(`127.0.0.1:${port}`, credentials, (error, to) => (error ? reject(error) : resolve(to))),
  );
  const service: AuthService = {
    port: bound,
    tokens: new Map(),
    mood: 'well',
    requests: [],
    stop: () => server.forceShutdown(),
    async [Symbol.asyncDispose]() {
      server.forceShutdown();
    },
  };
  return service;
}

const refusal = (code: status, details: string): Partial<ServiceError> => ({ code, details });
