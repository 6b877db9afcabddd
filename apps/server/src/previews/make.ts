import type { LinkPreview, MessageExtras } from '@parley/contract';
import type { App } from '../context.ts';
import { lockRow } from '../conversations/lock.ts';
import type { Tx } from '../database/database.ts';
import type { Message } from '../database/generated/client.ts';
import { jsonOrNull } from '../database/json.ts';
import { extrasOf } from '../messages/content.ts';
import type { Place } from '../messages/find-visible.ts';
import { tellWhoSees } from '../messages/tell-who-sees.ts';
import { firstLink } from './first-link.ts';

/** A message with a link, and how often its host was busy. */
export interface PreviewJob extends Place {
  busy: number;
}

/** How often a busy host is asked once more, and after how many seconds. */
const TRIES = 5;
const LATER = 5;

/** Leaves a job to look what is under the link of a message. */
export const wantPreview = (
  tx: Tx,
  { jobs }: Pick<App, 'jobs'>,
  { conversationId, seq }: Place,
): Promise<void> => jobs.enqueue(tx, 'previews.make', { conversationId, seq, busy: 0 });

/** Shows with a message what is under its link, if the message still has it by then. */
export async function makePreview(app: App, { busy, ...place }: PreviewJob): Promise<void> {
  const url = await linkOf(app.database.prisma, place);
  if (url === null || !app.previews) return;
  const preview = await app.previews.get(url);
  if (preview === null) return;
  await app.database.transaction(async (tx) => {
    if (preview === 'busy') {
      const options = { startAfter: LATER };
      if (busy < TRIES) await app.jobs.enqueue(tx, 'previews.make', { ...place, busy: busy + 1 }, options);
      return;
    }
    await lockRow(tx, place.conversationId);
    if ((await linkOf(tx, place)) === url) await putPreview(tx, place, preview);
  });
}

/** The link that a message still has, and shows nothing of. */
async function linkOf(tx: Tx, place: Place): Promise<string | null> {
  const message = await tx.message.findUnique({ where: { conversationId_seq: place } });
  return message && !previewOf(message) ? firstLink(message.text) : null;
}

export const previewOf = ({ extras }: Pick<Message, 'extras'>): LinkPreview | undefined =>
  (extras as MessageExtras | null)?.preview;

/** What a message has besides its text, with this. */
export const withPreview = (extras: MessageExtras | null, preview: LinkPreview | undefined) =>
  jsonOrNull(preview ? { ...extras, preview } : extras && extrasOf(extras));

/** Has a message show this, or nothing any more, and tells whoever sees it. The caller has locked its conversation. */
export async function putPreview(tx: Tx, place: Place, preview: LinkPreview | null): Promise<void> {
  const where = { conversationId_seq: place };
  const message = await tx.message.findUniqueOrThrow({ where });
  const extras = message.extras as MessageExtras | null;
  await tx.message.update({ where, data: { extras: withPreview(extras, preview ?? undefined) } });
  await tellWhoSees(tx, message, 'message.previewed');
}
