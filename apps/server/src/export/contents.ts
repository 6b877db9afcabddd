import { loadBlocks } from '../blocks/view.ts';
import { loadContacts } from '../contacts/view.ts';
import type { App } from '../context.ts';
import { bodyOf } from '../files/keys.ts';
import { loadFriendRequests, loadFriends } from '../friends/view.ts';
import { loadOwnUser } from '../users/me.ts';
import { ownMessages, placesOf } from './own-messages.ts';
import { readMe } from './read-me.ts';
import { FILES, RECORDS, readRecords } from './records.ts';
import type { ZipEntry } from './zip.ts';

/** All that goes into somebody's archive, one file after the other, each read when its turn comes. */
export async function* contentsOf(app: App, userId: string, at: Date): AsyncGenerator<ZipEntry> {
  const { pool } = app.database;
  yield { name: 'README.txt', content: [readMe(app.env.APP_NAME, at)] };
  yield { name: 'profile.json', content: [pretty(await loadOwnUser(pool, userId))] };
  yield { name: 'friends.json', content: jsonList(await loadFriends(pool, userId)) };
  yield { name: 'friend-requests.json', content: jsonList(await loadFriendRequests(pool, userId)) };
  yield { name: 'contacts.json', content: jsonList(await loadContacts(pool, userId)) };
  yield { name: 'blocks.json', content: jsonList(await loadBlocks(pool, userId)) };
  for (const records of RECORDS)
    yield { name: `${records.name}.json`, content: jsonList(readRecords(pool, records, userId)) };
  for await (const conversationId of placesOf(app, userId)) {
    const messages = ownMessages(app, conversationId, userId);
    const first = await messages.next();
    if (first.done) continue;
    yield { name: `messages/${conversationId}.json`, content: jsonList(following(first.value, messages)) };
  }
  yield* files(app, userId);
}

/** What is gone from the storage since its row was read is left out. */
async function* files({ database, storage }: App, userId: string): AsyncGenerator<ZipEntry> {
  for await (const file of readRecords(database.pool, FILES, userId)) {
    const { id, name } = file as { id: string; name: string };
    const body = await storage.get(bodyOf(id));
    if (body) yield { name: `files/${id}/${name}`, content: body };
  }
}

async function* following(first: object, rest: AsyncIterable<object>): AsyncGenerator<object> {
  yield first;
  yield* rest;
}

/** One record a line, so that a long list can be read piece by piece. */
async function* jsonList(records: AsyncIterable<object> | Iterable<object>): AsyncGenerator<string> {
  let separator = '[\n';
  for await (const record of records) {
    yield separator + JSON.stringify(record);
    separator = ',\n';
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n';
}

const pretty = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;
