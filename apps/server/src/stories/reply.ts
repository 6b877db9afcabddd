import { type Message, type MessageExtras, messageId, type StoryReference } from '@parley/contract';
import type { App, SignedIn } from '../context.ts';
import { sendMessage } from '../messages/send.ts';
import type { Rendered } from '../rendered.ts';
import { loadStory } from './view.ts';

export interface ReplyInput {
  storyId: string;
  text: string;
  clientMessageId: string;
}

/** Answers a story that the caller sees with a direct message to its author, which says which story it was. */
export async function replyToStory(ctx: SignedIn, input: ReplyInput): Promise<Rendered<Message>> {
  const { storyId, text, clientMessageId } = input;
  const { app, session } = ctx;
  const story = (await sentBefore(app, session.userId, input)) ?? (await findStory(ctx, storyId));
  return sendMessage(ctx, { toUserId: story.authorId, text, clientMessageId, story });
}

async function findStory({ app, session }: SignedIn, storyId: string): Promise<StoryReference> {
  const { id, authorId } = await loadStory(app.database.pool, session.userId, app.clock.now(), storyId);
  return { id, authorId };
}

/** What was sent under this key about this story: the story may be gone since, and the answer is the same. */
async function sentBefore(
  { database }: App,
  senderId: string,
  { storyId, clientMessageId }: ReplyInput,
): Promise<StoryReference | undefined> {
  const sent = await database.prisma.message.findUnique({
    where: { id: messageId(senderId, clientMessageId) },
  });
  const { story } = (sent?.extras ?? {}) as MessageExtras;
  return story?.id === storyId ? story : undefined;
}
