import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { App, SignedIn } from '../apps/server/src/context.ts';
import { openDirect } from '../apps/server/src/conversations/open-direct.ts';
import { isDatabaseAway } from '../apps/server/src/database/away.ts';
import { createGroup } from '../apps/server/src/groups/create.ts';
import { markRead } from '../apps/server/src/messages/mark.ts';
import { sendMessage } from '../apps/server/src/messages/send.ts';
import { createUser } from '../apps/server/src/users/create-user.ts';

const PASSWORD = 'let us parley';

const PEOPLE = {
  alice: 'Alice Moreau',
  bob: 'Bob Okafor',
  carol: 'Carol Lindqvist',
  dave: 'Dave Ferreira',
  erin: 'Erin Takahashi',
  frank: 'Frank Weber',
  grace: 'Grace Adeyemi',
};
type Name = keyof typeof PEOPLE;
const NAMES = Object.keys(PEOPLE) as Name[];
/** Who looks after the installation. */
const ADMIN: Name = 'alice';

interface Talk {
  /** A group has a title, and its first member made it; without one it is a direct conversation. */
  title?: string;
  members: Name[];
  lines: [Name, string][];
  /** Who has read all of it. The others have read as far as they wrote. */
  readBy?: Name[];
}

const TALKS: Talk[] = [
  {
    title: 'Saturday hike',
    members: ['alice', 'bob', 'carol', 'erin', 'grace'],
    lines: [
      ['alice', 'Who is in for Saturday? The forecast says dry until four.'],
      ['bob', 'In! Same car park as last time?'],
      ['alice', 'The one by the lake. 8:30, so that we are up before the crowd.'],
      ['erin', 'I can take three people from the station.'],
      ['carol', 'Then I am one of the three 🙌'],
      ['bob', 'I bring the stove and coffee.'],
      ['grace', 'Late to this: is it the long loop or the short one?'],
      ['alice', 'Long one, 14 km. We can cut it at the hut if knees complain.'],
    ],
    readBy: ['bob'],
  },
  {
    title: 'Release 2.4',
    members: ['carol', 'alice', 'dave', 'frank'],
    lines: [
      ['carol', 'Branch is cut. What is still open?'],
      ['frank', 'The import: 3 of 4 cases done, the last one needs a decision about duplicates.'],
      ['dave', 'I would keep the newer row and log the other.'],
      ['frank', 'Works for me. Pull request in an hour.'],
      ['carol', 'Great. Then we tag tomorrow at ten, after the smoke test.'],
      ['alice', 'I will write the notes tonight.'],
      ['dave', 'Smoke test is green on staging ✅'],
    ],
    readBy: ['carol', 'frank'],
  },
  {
    title: 'Book club',
    members: ['grace', 'alice', 'erin', 'dave'],
    lines: [
      ['grace', 'Next up: “The Left Hand of Darkness”. Two weeks enough?'],
      ['erin', 'Plenty, I started it once already 😅'],
      ['dave', 'Three for me please, it is a full month here.'],
      ['grace', 'Three it is: the 12th, my place.'],
    ],
  },
  {
    members: ['alice', 'bob'],
    lines: [
      ['bob', 'Did you get the keys back from the landlord?'],
      ['alice', 'Not yet, he is away until Thursday.'],
      ['bob', 'Ok. I still have the spare if you need it.'],
      ['alice', 'You are a star. I come by tonight?'],
      ['bob', 'Sure, after seven.'],
      ['bob', 'And bring the ladder if you can!'],
    ],
  },
  {
    members: ['carol', 'alice'],
    lines: [
      ['carol', 'Could you look over the notes before I send them?'],
      ['alice', 'Send them along.'],
      ['carol', 'In the shared folder, “notes-2.4”. Only the part on the import worries me.'],
    ],
  },
  {
    members: ['dave', 'erin'],
    lines: [
      ['dave', 'Lunch at the new ramen place?'],
      ['erin', 'Yes!! 12:15 downstairs.'],
    ],
    readBy: ['dave'],
  },
  {
    members: ['frank', 'alice'],
    lines: [
      ['frank', 'Danke für gestern, das war ein schöner Abend!'],
      ['alice', 'Gerne! Nächstes Mal bei euch 🙂'],
    ],
    readBy: ['frank'],
  },
];

/** Makes a small world of people who talk, in an empty database. Answers what to tell whoever wants to try it. */
export async function seed(app: App): Promise<string[]> {
  try {
    await alone(app, async () => {
      if ((await app.database.prisma.user.count()) === 0) await makeWorld(app);
    });
    return await logins(app);
  } catch (error) {
    // The Postgres of a server that ends is there again in a moment.
    if (!isDatabaseAway(error)) throw error;
    await delay(500);
    return seed(app);
  }
}

/** Of servers that start together, one after the other. */
async function alone(app: App, work: () => Promise<void>): Promise<void> {
  const client = await app.database.pool.connect();
  try {
    await client.query('SET statement_timeout = 0; SET lock_timeout = 0; SELECT pg_advisory_lock(72707370)');
    await work();
  } finally {
    // The connection ends, and the lock with it.
    client.release(true);
  }
}

async function logins(app: App): Promise<string[]> {
  const known = await app.database.prisma.user.findMany({
    where: { usernameKey: { in: NAMES } },
    orderBy: { username: 'asc' },
  });
  if (known.length === 0) return [];
  const admins = known.filter(({ role }) => role === 'ADMIN').map(({ username }) => username);
  return [
    `Log in as ${known.map(({ username }) => username).join(', ')}, with the password: ${PASSWORD}`,
    ...admins.map((username) => `${username} is an admin.`),
  ];
}

async function makeWorld(app: App): Promise<void> {
  const passwordHash = await app.passwords.hash(PASSWORD);
  const people = new Map(
    await Promise.all(NAMES.map(async (name) => [name, await settle(app, name, passwordHash)] as const)),
  );
  await app.database.prisma.user.update({ where: { usernameKey: ADMIN }, data: { role: 'ADMIN' } });
  const as = (name: Name): SignedIn => people.get(name)!;
  const held = [];
  // One after the other, so that the conversations have an order too.
  for (const talk of TALKS) held.push({ ...talk, conversationId: await hold(talk, as) });
  const marks = held.flatMap(({ conversationId, lines, readBy = [] }) =>
    readBy.map((name) => markRead(as(name), { conversationId, seq: lines.length })),
  );
  await Promise.all(marks);
}

/** Somebody new, and calls in their name. They have no session: theirs begin when somebody logs in. */
async function settle(app: App, username: Name, passwordHash: string): Promise<SignedIn> {
  const now = app.clock.now();
  const user = await app.database.transaction((tx) =>
    createUser(tx, {
      username,
      email: `${username}@example.org`,
      fullName: PEOPLE[username],
      passwordHash,
      isEmailVerified: true,
      now,
    }),
  );
  return {
    app,
    session: { sessionId: randomUUID(), userId: user.id, expiresAt: now, isRestricted: false },
    client: { address: '127.0.0.1', network: '127.0.0.1', userAgent: null },
    socket: null,
    response: null,
    cookies: null,
  };
}

/** Answers the id of the conversation. */
async function hold({ title, members, lines }: Talk, as: (name: Name) => SignedIn): Promise<string> {
  const [first, ...others] = members.map(as) as [SignedIn, ...SignedIn[]];
  const userIds = others.map(({ session }) => session.userId);
  const { id: conversationId } =
    title === undefined
      ? await openDirect(first, { userId: userIds[0]! })
      : await createGroup(first, { title, userIds });
  for (const [name, text] of lines) {
    await sendMessage(as(name), { conversationId, text, clientMessageId: randomUUID() });
  }
  return conversationId;
}
