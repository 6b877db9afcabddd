import type { Message } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import { ParleyError } from '../error.ts';
import { Rendered } from '../rendered.ts';
import { beforeTime, behindTime, formatPoint, newestFirst, type Point, parsePoint } from './point.ts';
import type { Search } from './search-pool.ts';
import { FOLD, LOOK, PLACES } from './statements.ts';
import { choose, DISORDER, type Looked, newestOf, restOf, type Stretch } from './stretches.ts';
import { patternsOf, termsOf, type Wanted } from './wanted.ts';

export interface SearchInput extends Wanted {
  conversationId?: string | undefined;
  before?: string | undefined;
  after?: string | undefined;
  limit: number;
  cursor?: string | undefined;
}

export interface FoundMessages {
  /** The newest first. */
  messages: Message[];
  /** Where the next page begins; null when everything was looked through. */
  next: string | null;
}

/** Milliseconds after which a page ends with what was found so far, if it came further than the last. */
const LONG_ENOUGH = 1_000;
/** Messages of one look, at first and at most, and milliseconds of a quick look and of a slow one: the next is larger, or smaller. */
const SIZE = { first: 512, most: 65_536 };
const QUICK = 30;
const SLOW = 150;

type Found = Point & { json: string };

/**
 * Messages that the caller sees, in all of their conversations or in one. It goes from stretch to stretch, always to where
 * the newest may be, and ends when nothing newer can come than what it has: so a page costs by what it looks through,
 * and not by how much there is. One that takes long ends before it is full, and the next goes on from there.
 *
 * Errors: `INVALID_INPUT`, `NOT_FOUND` (conversation), `BUSY` (two seconds were not enough), `UNAVAILABLE`.
 */
export async function searchMessages(ctx: SignedIn, input: SearchInput): Promise<Rendered<FoundMessages>> {
  const { clock } = ctx.app;
  const began = clock.elapsed();
  const search = ctx.app.search.begin();
  const end = endOf(input);
  const look = await createLook(ctx, search, input, end);
  const oldest = input.after === undefined ? Number.NEGATIVE_INFINITY : Date.parse(input.after);
  let stretches = await findStretches(ctx, search, input, end);
  let size = SIZE.first;
  const found: Found[] = [];
  for (;;) {
    stretches = stretches.filter(({ at }) => at >= oldest);
    // What is newer than this is certain.
    const newest = newestOf(stretches);
    const certain = found.filter(({ at }) => at > newest).sort(newestFirst);
    if (stretches.length === 0 || certain.length >= input.limit) return pageOf(certain, newest, input.limit);
    const isLong = clock.elapsed() - began > LONG_ENOUGH;
    if (isLong && newest < end.at) return pageOf(certain, newest, input.limit);

    const parts = choose(stretches, size);
    const begins = clock.elapsed();
    const looked = await look(parts);
    const took = clock.elapsed() - begins;
    if (took < QUICK) size = Math.min(size * 2, SIZE.most);
    if (took > SLOW) size = Math.max(size / 2, SIZE.first);
    for (const part of looked) found.push(...part.found);
    stretches = stretches.flatMap((stretch) => {
      const index = parts.findIndex(({ conversationId }) => conversationId === stretch.conversationId);
      if (index < 0) return [stretch];
      return restOf(stretch, parts[index]!, looked[index]!, input.limit) ?? [];
    });
  }
}

/** What is found is older than this. */
function endOf({ before, cursor }: SearchInput): Point {
  const end = beforeTime(before === undefined ? Number.POSITIVE_INFINITY : Date.parse(before));
  const last = cursor === undefined ? end : parsePoint(cursor);
  return newestFirst(end, last) < 0 ? last : end;
}

/** Everything that the caller sees, but what is certainly newer than `end`. */
async function findStretches(
  { session }: SignedIn,
  search: Search,
  { conversationId }: SearchInput,
  end: Point,
): Promise<Stretch[]> {
  const values = [session.userId, conversationId ?? null, timeOf(end.at + DISORDER)];
  const rows = await search.query<Stretch>({ ...PLACES, values });
  if (conversationId !== undefined && rows.length === 0)
    throw new ParleyError('NOT_FOUND', { what: 'conversation' });
  return rows
    .filter(({ low, high }) => low <= high)
    .map(({ at, ...place }) => ({ ...place, at: Math.min(at, end.at) + DISORDER }));
}

interface LookRow {
  index: number;
  lowestAt: number | null;
  seq: number | null;
  at: number;
  json: string;
}

/** Looks for what is wanted in parts of conversations; the answers have the order of the parts. */
async function createLook({ session }: SignedIn, search: Search, input: SearchInput, end: Point) {
  const { from = null, has = null, after = null, limit } = input;
  const [{ folded } = { folded: '' }] = await search.query<{ folded: string }>({
    ...FOLD,
    values: [input.query ?? ''],
  });
  const wanted = [termsOf(folded, input), from, has, after, timeOf(end.at), limit, patternsOf(folded)];
  return async (parts: Stretch[]): Promise<(Looked & { found: Found[] })[]> => {
    const ranges = [
      parts.map(({ conversationId }) => conversationId),
      parts.map(({ low }) => low),
      parts.map(({ high }) => high),
    ];
    const values = [session.userId, ...ranges, ...wanted, end.conversationId, end.seq];
    const rows = await search.query<LookRow>({ ...LOOK, values });
    // Whoever is out of a conversation by now sees nothing of it.
    const looked = parts.map(() => ({ lowestAt: null as number | null, found: [] as Found[] }));
    for (const { index, lowestAt, seq, at, json } of rows) {
      looked[index]!.lowestAt = lowestAt;
      if (seq === null) continue;
      looked[index]!.found.push({ at, conversationId: parts[index]!.conversationId, seq, json });
    }
    return looked;
  };
}

/** The last moment that ISO 8601 has four digits for. */
const LAST_MOMENT = Date.parse('9999-12-31T23:59:59.999Z');

/** As Postgres takes it; null for no end. */
const timeOf = (at: number): string | null => (at <= LAST_MOMENT ? new Date(at).toISOString() : null);

function pageOf(certain: Found[], newest: number, limit: number): Rendered<FoundMessages> {
  const messages = certain.slice(0, limit);
  const isMore = certain.length > limit || Number.isFinite(newest);
  const point = messages.length === limit ? messages.at(-1)! : behindTime(newest);
  const next = isMore ? `"${formatPoint(point)}"` : 'null';
  return new Rendered(`{"messages":[${messages.map(({ json }) => json).join()}],"next":${next}}`);
}
