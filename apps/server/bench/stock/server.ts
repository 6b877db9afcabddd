/**
 * The stock peer: a chat server as a good developer writes it in a day, from the documentation of tRPC, superjson,
 * zod and Prisma. It tells a conversation's subscribers of new messages, and sends what was missed after a reconnect.
 */
import { EventEmitter, on } from 'node:events';
import { createServer } from 'node:http';
import { PrismaPg } from '@prisma/adapter-pg';
import { initTRPC, TRPCError, tracked } from '@trpc/server';
import { applyWSSHandler, type CreateWSSContextFnOptions } from '@trpc/server/adapters/ws';
import { jwtVerify } from 'jose';
import superjson from 'superjson';
import { WebSocketServer } from 'ws';
import { z } from 'zod';
import { type Message, PrismaClient } from './generated/client.ts';

const { PORT, DATABASE_URL, SECRET } = process.env;
const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: DATABASE_URL!, max: 10 }) });
const key = Buffer.from(SECRET!);

const newMessages = new EventEmitter<Record<string, [Message]>>();
newMessages.setMaxListeners(0);

async function createContext({ info }: CreateWSSContextFnOptions): Promise<{ userId: string | null }> {
  const token = info.connectionParams?.['token'];
  if (!token) return { userId: null };
  try {
    const { payload } = await jwtVerify(token, key);
    return { userId: payload.sub ?? null };
  } catch {
    return { userId: null };
  }
}

const t = initTRPC.context<typeof createContext>().create({ transformer: superjson });

const procedure = t.procedure.use(({ ctx, next }) => {
  if (ctx.userId === null) throw new TRPCError({ code: 'UNAUTHORIZED' });
  return next({ ctx: { userId: ctx.userId } });
});

async function assertMember(conversationId: string, userId: string): Promise<void> {
  const member = await prisma.member.findUnique({
    where: { conversationId_userId: { conversationId, userId } },
  });
  if (!member) throw new TRPCError({ code: 'FORBIDDEN' });
}

const messages = t.router({
  send: procedure
    .input(z.object({ conversationId: z.uuid(), text: z.string().min(1).max(4_000) }))
    .mutation(async ({ ctx, input }) => {
      await assertMember(input.conversationId, ctx.userId);
      const message = await prisma.message.create({ data: { ...input, senderId: ctx.userId } });
      newMessages.emit(input.conversationId, message);
      return message;
    }),

  list: procedure
    .input(
      z.object({ conversationId: z.uuid(), before: z.uuid().optional(), limit: z.int().min(1).max(100) }),
    )
    .query(async ({ ctx, input: { conversationId, before, limit } }) => {
      await assertMember(conversationId, ctx.userId);
      const items = await prisma.message.findMany({
        where: { conversationId, ...(before && { id: { lt: before } }) },
        orderBy: { id: 'desc' },
        take: limit,
      });
      return { items, before: items.at(-1)?.id ?? null };
    }),

  onNew: procedure
    .input(z.object({ conversationId: z.uuid(), lastEventId: z.uuid().nullish() }))
    .subscription(async function* ({ ctx, input: { conversationId, lastEventId }, signal }) {
      await assertMember(conversationId, ctx.userId);
      const live = on(newMessages, conversationId, { ...(signal && { signal }) });
      if (lastEventId) {
        const missed = await prisma.message.findMany({
          where: { conversationId, id: { gt: lastEventId } },
          orderBy: { id: 'asc' },
        });
        for (const message of missed) yield tracked(message.id, message);
      }
      for await (const [message] of live) yield tracked(message.id, message as Message);
    }),
});

const server = createServer();
const wss = new WebSocketServer({ server });
applyWSSHandler({
  wss,
  router: t.router({ messages }),
  createContext,
  keepAlive: { enabled: true, pingMs: 30_000, pongWaitMs: 5_000 },
});
server.listen(Number(PORT), '127.0.0.1', 4_096);
