import { type ChatClient, createClient, type Fetch, isParleyError } from '@parley/client';
import { beforeAll, describe, expect, test } from 'vitest';
import { Cable } from './cable.ts';
import type { Person } from './people.ts';
import { s3Server } from './s3-server.ts';
import { pdf, photo } from './samples.ts';
import { type TestServer, testServer } from './server.ts';

/** The shipped client of somebody, whose files go over its cable too; what each request was is noted. */
async function client(server: TestServer, person: Person) {
  const cable = new Cable(server.nodes[0]);
  const options = cable.options('ws');
  const requests: string[] = [];
  const faults: ((answer: () => ReturnType<Fetch>) => ReturnType<Fetch>)[] = [];
  const fetch: Fetch = (url, init) => {
    const { origin, pathname, search } = new URL(url);
    if (!/^\/(uploads|files)\//.test(pathname) && origin === options.url) return options.fetch!(url, init);
    requests.push(init?.method ?? 'GET');
    // The address that the configuration names is at the end of the cable, a bucket's is not.
    const answer = () =>
      origin === 'http://localhost:4000'
        ? options.fetch!(`${options.url}${pathname}${search}`, init)
        : (globalThis.fetch(url, init as RequestInit) as ReturnType<Fetch>);
    return faults.shift()?.(answer) ?? answer();
  };
  const chat = createClient({ ...options, fetch });
  await chat.login({ login: person.credentials.username, password: person.credentials.password });
  await expect.poll(chat.connection.get).toBe('live');
  return { chat, cable, requests, faults, fetch, [Symbol.asyncDispose]: () => chat.close() };
}

/** The bytes of a file as somebody gets them who follows its link. */
async function bytesOf(chat: ChatClient, fetch: Fetch, fileId: string): Promise<Buffer> {
  const { body } = (await fetch(await chat.files.link({ fileId }))) as unknown as Response;
  return Buffer.from(await new Response(body).arrayBuffer());
}

describe.each(['local', 's3 directly'])('files of the client, with %s', (driver) => {
  let server: TestServer;
  let alice: Person;
  let bob: Person;
  beforeAll(async () => {
    const s3 = driver === 'local' ? undefined : await s3Server();
    server = await testServer({ env: { ...s3?.env, ...(s3 && { S3_PUBLIC_ENDPOINT: s3.url }) }, nodes: 2 });
    [alice, bob] = await server.people.all('alice', 'bob');
    return async () => {
      await server[Symbol.asyncDispose]();
      await s3?.[Symbol.asyncDispose]();
    };
  });

  test('what one uploads and sends, the other downloads', async () => {
    const conversationId = await alice.talkTo(bob);
    await using a = await client(server, alice);
    await using b = await client(server, bob);
    const bytes = pdf(1_500_000);
    const upload = a.chat.files.upload(new Blob([new Uint8Array(bytes)]), {
      name: 'invoice.pdf',
      purpose: 'message',
    });
    const { id } = await upload.done;
    expect(upload.state.get()).toMatchObject({ status: 'done', sent: 1_500_000, file: { id } });
    expect(a.requests).toEqual(driver === 'local' ? ['PUT', 'PUT', 'PUT'] : ['PUT']);
    await a.chat.messages.send({ conversationId, text: 'here', attachments: [id] }).result;
    expect((await bytesOf(b.chat, b.fetch, id)).equals(bytes)).toBe(true);
  });

  test('an image has a smaller one', async () => {
    await using a = await client(server, alice);
    const { id } = await a.chat.files.upload(new Uint8Array(await photo()), {
      name: 'me.jpg',
      purpose: 'avatar',
    }).done;
    const [url, thumbnail] = await Promise.all([
      a.chat.files.link({ fileId: id }),
      a.chat.files.link({ fileId: id, thumbnail: true }),
    ]);
    expect(thumbnail).toBe(`${url}&thumbnail=1`);
  });

  test('goes on where it broke off, also with a server that was started anew', async () => {
    await using a = await client(server, alice);
    const bytes = pdf(1_500_000);
    if (driver === 'local') a.faults.push((answer) => answer());
    a.faults.push(async (answer) => {
      await answer();
      a.cable.pull();
      throw new TypeError('the answer was lost');
    });
    const upload = a.chat.files.upload(new Uint8Array(bytes), { name: 'a.pdf', purpose: 'message' });
    const isOut = () => a.chat.connection.get() !== 'live';
    await expect.poll(isOut).toBe(true);
    a.cable.plug(await server.addNode());
    const { id } = await upload.done;
    expect((await bytesOf(a.chat, a.fetch, id)).equals(bytes)).toBe(true);
    if (driver === 'local') expect(a.requests.filter((method) => method === 'PUT').length).toBeLessThan(8);
  });

  test('what is refused is refused with its reason', async () => {
    await using a = await client(server, alice);
    const error = (content: Uint8Array) =>
      a.chat.files
        .upload(content, { name: 'a.pdf', purpose: 'avatar' })
        .done.catch((reason: unknown) => reason);
    const tooLarge = await error(new Uint8Array(2_000_001));
    expect(isParleyError(tooLarge, 'FILE_TOO_LARGE') && tooLarge.data.limit).toBe(2_000_000);
    const ofAnotherType = await error(new Uint8Array(pdf()));
    expect(isParleyError(ofAnotherType, 'FILE_TYPE_REFUSED')).toBe(true);
  });

  test('whoever signs out sends nothing more', async () => {
    const carol = await server.people.join(`carol_${driver.length}`);
    await using a = await client(server, carol);
    a.faults.push(() => new Promise(() => {}));
    const upload = a.chat.files.upload(new Uint8Array(pdf()), { name: 'a.pdf', purpose: 'message' });
    await expect.poll(() => a.requests.length).toBe(1);
    await a.chat.logout();
    await expect(upload.done).rejects.toThrow('Signed out');
  });
});
