import type { FileInfo } from '@parley/contract';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { isParleyError } from '../src/errors.ts';
import { createFileLinks } from '../src/files/links.ts';
import { createUploads, type UploadState } from '../src/files/upload.ts';
import type { Fetch } from '../src/platform.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const KB = 1024;
const FILE: FileInfo = { id: 'file', name: 'tea.jpg', size: 1, type: 'image/jpeg', kind: 'image' };
const refusal = (code: string, more: object = {}, httpStatus = 400) =>
  Object.assign(new Error(code), { data: { code, httpStatus, ...more } });

type Answer = { status?: number; offset?: number; body?: object };

/** A server whose every answer to a request can be replaced by the test's: by a failure, or by a refusal. */
function world({ direct = false } = {}) {
  const url = direct ? 'https://bucket/incoming/u/whole?signature=s' : 'https://chat/uploads/u?signature=s';
  let received = Buffer.alloc(0);
  let online = true;
  const requests: string[] = [];
  /** What happens to the next requests instead of what should. */
  const faults: ((go: () => Answer) => Answer | Promise<Answer>)[] = [];
  const created = vi.fn(async (_: object, __: object) => ({ uploadId: 'u', url }));
  const completed = vi.fn(async (_: string, __: object) => FILE);

  function handle(method: string, headers: Record<string, string>, body: Uint8Array | undefined): Answer {
    if (method === 'HEAD') return { offset: received.length };
    const from = Number(headers['upload-offset'] ?? 0);
    if (!direct && from !== received.length)
      return {
        status: 409,
        body: { code: 'UPLOAD_INCOMPLETE', httpStatus: 409, received: received.length, size: 0 },
      };
    received = Buffer.concat([...(direct ? [] : [received]), body!]);
    return { status: 204, ...(!direct && { offset: received.length }) };
  }

  const fetch = (async (
    _: string,
    init: { method: string; headers: never; body: unknown; signal: AbortSignal },
  ) => {
    const body = init.body instanceof Blob ? new Uint8Array(await init.body.arrayBuffer()) : init.body;
    const { method, headers = {} } = init;
    requests.push(
      [method, ...Object.values(headers), (body as Uint8Array | undefined)?.length]
        .filter((x) => x !== undefined)
        .join(' '),
    );
    const go = () => handle(method, headers, body as Uint8Array | undefined);
    const fault = faults.shift();
    const answer = await Promise.race([
      fault ? fault(go) : go(),
      new Promise<never>((_, reject) =>
        init.signal.addEventListener('abort', () => reject(new Error('aborted'))),
      ),
    ]);
    const { status = 200, offset } = answer;
    return {
      ok: status < 300,
      status,
      headers: { get: () => (offset === undefined ? null : String(offset)) },
      json: async () => answer.body ?? JSON.parse('<xml>'),
    };
  }) as unknown as Fetch;

  const uploads = createUploads({ create: created, complete: completed, fetch, canSend: () => online });
  return {
    uploads,
    requests,
    faults,
    created,
    completed,
    has: (content: Uint8Array) => received.equals(content),
    /** The connection is lost, or there again. */
    connect(value: boolean) {
      online = value;
      if (value) uploads.resume();
    },
  };
}

const bytes = (count: number): Uint8Array<ArrayBuffer> => new Uint8Array(count).map((_, n) => n % 251);
const options = { name: 'tea.jpg', purpose: 'message' as const };
const lost = (): never => {
  throw new TypeError('the link was lost');
};
/** Everything that is not waiting for something goes on, so many milliseconds long. */
const pass = (ms = 30_000) => vi.advanceTimersByTimeAsync(ms);

describe('an upload', () => {
  test('goes part by part, and tells how far it is', async () => {
    const it = world();
    const content = bytes(1_200 * KB);
    const upload = it.uploads.upload(content, options);
    const states: UploadState[] = [upload.state.get()];
    upload.state.subscribe((state) => states.push(state));
    await expect(upload.done).resolves.toBe(FILE);
    expect(it.has(content)).toBe(true);
    expect(it.requests).toEqual([
      `PUT 0 ${512 * KB}`,
      `PUT ${512 * KB} ${512 * KB}`,
      `PUT ${1_024 * KB} ${176 * KB}`,
    ]);
    expect(it.created.mock.calls[0]![0]).toEqual({ ...options, size: 1_200 * KB });
    const told = states.map(({ status, sent }) => `${status} ${sent / KB}`);
    expect([...new Set(told)]).toEqual([
      'starting 0',
      'sending 0',
      'sending 512',
      'sending 1024',
      'sending 1200',
      'completing 1200',
      'done 1200',
    ]);
    expect(upload.state.get()).toMatchObject({ file: FILE });
  });

  test('takes a Blob, or the address of a file of the device', async () => {
    const it = world();
    const content = bytes(600 * KB);
    await it.uploads.upload(new Blob([content], { type: 'image/jpeg' }), options).done;
    expect(it.has(content)).toBe(true);
    const other = world();
    const device = vi.spyOn(globalThis, 'fetch').mockResolvedValue(new Response(content));
    await other.uploads.upload({ uri: 'file:///tea.jpg' }, options).done;
    expect(device).toHaveBeenCalledWith('file:///tea.jpg');
    device.mockRestore();
    expect(other.has(content)).toBe(true);
  });

  test('a large one goes in few requests', async () => {
    const it = world();
    await it.uploads.upload(bytes(5_000 * KB), options).done;
    expect(it.requests).toHaveLength(8);
  });

  test('asks after a break how much has come, and goes on from there', async () => {
    const it = world();
    const content = bytes(1_200 * KB);
    // The second part is stored, and its answer lost; so is the first question; the third part never arrives.
    it.faults.push(
      (go) => go(),
      (go) => {
        go();
        return lost();
      },
      lost,
      (go) => go(),
      lost,
    );
    const upload = it.uploads.upload(content, options);
    await pass();
    await expect(upload.done).resolves.toBe(FILE);
    expect(it.has(content)).toBe(true);
    expect(it.requests.map((request) => request.split(' ').slice(0, 2).join(' '))).toEqual([
      'PUT 0',
      `PUT ${512 * KB}`,
      'HEAD',
      'HEAD',
      `PUT ${1_024 * KB}`,
      'HEAD',
      `PUT ${1_024 * KB}`,
    ]);
  });

  test('waits for the connection, and goes on as soon as it is there', async () => {
    const it = world();
    it.connect(false);
    const upload = it.uploads.upload(bytes(10), options);
    await pass(600_000);
    expect(it.created).not.toHaveBeenCalled();
    expect(upload.state.get()).toMatchObject({ status: 'starting', size: 10 });
    for (let n = 0; n < 30; n += 1) it.faults.push(lost);
    it.connect(true);
    await pass(1_000);
    it.faults.length = 0;
    it.connect(true);
    await pass(0);
    await expect(upload.done).resolves.toBe(FILE);
  });

  test('a request that hangs is given up, and sent again', async () => {
    const it = world();
    it.faults.push(() => new Promise(() => {}));
    const upload = it.uploads.upload(bytes(10), options);
    await pass(150_000);
    await expect(upload.done).resolves.toBe(FILE);
    expect(it.requests).toEqual(['PUT 0 10', 'HEAD', 'PUT 0 10']);
  });

  test('is taken up again when not everything was there', async () => {
    const it = world();
    it.faults.push((go) => {
      go();
      return { status: 204, offset: 1_200 * KB };
    });
    it.completed.mockRejectedValueOnce(
      refusal('UPLOAD_INCOMPLETE', { received: 512 * KB, size: 1_200 * KB }),
    );
    const upload = it.uploads.upload(bytes(1_200 * KB), options);
    await pass();
    await expect(upload.done).resolves.toBe(FILE);
    expect(it.has(bytes(1_200 * KB))).toBe(true);
  });

  test.each([
    ['when it begins', 'FILE_TOO_LARGE'],
    ['while it goes', 'FILE_TOO_LARGE'],
    ['at its end', 'FILE_TYPE_REFUSED'],
  ])('a refusal %s is its typed error', async (when, code) => {
    const it = world();
    if (when === 'when it begins') it.created.mockRejectedValueOnce(refusal(code, { limit: 5 }));
    if (when === 'while it goes')
      it.faults.push(() => ({ status: 413, body: { code, httpStatus: 413, limit: 5 } }));
    if (when === 'at its end') it.completed.mockRejectedValueOnce(refusal(code));
    const upload = it.uploads.upload(bytes(10), options);
    const error = await upload.done.catch((reason: unknown) => reason);
    expect(isParleyError(error, code as 'FILE_TOO_LARGE')).toBe(true);
    expect(upload.state.get()).toMatchObject({ status: 'failed', error });
  });

  test('an upload that is not there any more is refused, too', async () => {
    const it = world();
    it.faults.push(lost, () => ({ status: 404 }));
    const upload = it.uploads.upload(bytes(10), options);
    const error = upload.done.catch((reason: unknown) => reason);
    await pass();
    expect(isParleyError(await error, 'NOT_FOUND')).toBe(true);
  });

  test('a server that is busy is asked again', async () => {
    const it = world();
    it.created.mockRejectedValueOnce(refusal('BUSY', { retryAfter: 1 }, 503));
    it.faults.push(() => ({ status: 429, body: { code: 'RATE_LIMITED', httpStatus: 429, retryAfter: 5 } }));
    const upload = it.uploads.upload(bytes(10), options);
    await pass();
    await expect(upload.done).resolves.toBe(FILE);
  });

  test('is cancelled wherever it is, and then sends nothing', async () => {
    const it = world();
    let aborted = false;
    it.faults.push(() => new Promise(() => {}));
    const upload = it.uploads.upload(bytes(10), options);
    await expect.poll(() => it.requests.length).toBe(1);
    upload.cancel();
    await expect(upload.done).rejects.toThrow('The upload was cancelled');
    expect(upload.state.get().status).toBe('cancelled');
    const controller = new AbortController();
    controller.signal.addEventListener('abort', () => {
      aborted = true;
    });
    const other = it.uploads.upload(bytes(10), { ...options, signal: controller.signal });
    controller.abort();
    await expect(other.done).rejects.toThrow('The upload was cancelled');
    const third = it.uploads.upload(bytes(10), options);
    it.uploads.clear(new Error('Signed out'));
    await expect(third.done).rejects.toThrow('Signed out');
    await pass();
    expect([aborted, it.requests.length]).toEqual([true, 1]);
  });
});

describe('to a bucket', () => {
  test('everything goes at once, without headers, and once more from the beginning after a break', async () => {
    const it = world({ direct: true });
    const content = bytes(1_200 * KB);
    it.faults.push(lost, () => ({ status: 503 }));
    const upload = it.uploads.upload(content, options);
    await pass();
    await expect(upload.done).resolves.toBe(FILE);
    expect(it.requests).toEqual(Array.from({ length: 3 }, () => `PUT ${1_200 * KB}`));
    expect(it.has(content)).toBe(true);
  });

  test('what it does not take is not sent again', async () => {
    const it = world({ direct: true });
    it.faults.push(() => ({ status: 403 }));
    await expect(it.uploads.upload(bytes(10), options).done).rejects.toThrow('403');
    expect(it.requests).toHaveLength(1);
  });
});

describe('a link', () => {
  const answer = (left = 300_000) => ({
    url: 'https://chat/files/f?s=1',
    thumbnailUrl: 'https://chat/files/f?s=1&thumbnail=1',
    expiresAt: new Date(Date.now() + left).toISOString(),
  });

  test('is asked for once, until shortly before its end', async () => {
    const ask = vi.fn(async (_: string) => answer());
    const links = createFileLinks(ask);
    const both = [links.link({ fileId: 'f' }), links.link({ fileId: 'f', thumbnail: true })];
    expect(await Promise.all(both)).toEqual([answer().url, answer().thumbnailUrl]);
    await pass(230_000);
    await links.link({ fileId: 'f' });
    expect(ask).toHaveBeenCalledTimes(1);
    await pass(60_000);
    await links.link({ fileId: 'f' });
    expect(ask).toHaveBeenCalledTimes(2);
    links.clear();
    await links.link({ fileId: 'f' });
    expect(ask).toHaveBeenCalledTimes(3);
  });

  test.each([
    ['an hour behind', 3_900_000, 1],
    ['an hour ahead', -3_300_000, 10],
  ])('is kept for a while, not for long, by a device whose clock is %s', async (_, left, most) => {
    const ask = vi.fn(async (_: string) => answer(left));
    const links = createFileLinks(ask);
    for (let n = 0; n < 20; n += 1) {
      await links.link({ fileId: 'f' });
      await pass(10_000 + 1);
    }
    expect(ask.mock.calls.length).toBeLessThanOrEqual(most);
    await pass(60_000);
    await links.link({ fileId: 'f' });
    expect(ask.mock.calls.length).toBeGreaterThan(1);
  });

  test('that was refused is asked for again; of a file without a thumbnail there is the file', async () => {
    const ask = vi.fn(async (_: string) => ({ ...answer(), thumbnailUrl: null }));
    ask.mockRejectedValueOnce(refusal('NOT_FOUND'));
    const links = createFileLinks(ask);
    await expect(links.link({ fileId: 'f' })).rejects.toThrow('NOT_FOUND');
    await expect(links.link({ fileId: 'f', thumbnail: true })).resolves.toBe(answer().url);
  });
});
