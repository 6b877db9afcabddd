import { encode } from 'blurhash';
import type { Sharp } from 'sharp';
import { ParleyError } from '../error.ts';

/**
 * Pixels of an image, all of its pictures together: more than phones put into ten megabytes. One of more is refused
 * before it is decoded. One of so many takes 280 MB for a second.
 */
const MAX_PIXELS = 30_000_000;
const MAX_PICTURES = 500;
/** Seconds for one image. */
const MAX_SECONDS = 20;
/** Pixels of a thumbnail's longer side. */
const THUMBNAIL = 320;
/** Images that are worked at, at a time, and that wait. */
const AT_ONCE = 1;
const WAITING = 50;

const FORMATS: Record<string, (image: Sharp) => Sharp> = {
  'image/jpeg': (image) => image.jpeg({ quality: 85 }),
  'image/png': (image) => image.png(),
  'image/webp': (image) => image.webp({ quality: 85 }),
  'image/gif': (image) => image.gif(),
};

/** An image as it is kept. */
export interface KeptImage {
  bytes: Buffer;
  width: number;
  height: number;
  blurhash: string;
  thumbnail: Buffer;
}

/**
 * An image written anew: upright, with its pixels and nothing else of what was in the file.
 *
 * Errors: `FILE_TYPE_REFUSED` for one that is broken or too large to decode; `BUSY`.
 */
export async function keepImage(path: string, type: string): Promise<KeptImage> {
  const leave = await enter();
  try {
    return await rewrite(path, type);
  } catch (error) {
    // The library says in words alone what is wrong with an image. So would it of a full disk: it is let write to none.
    if (!(error instanceof Error) || error instanceof ParleyError || 'code' in error) throw error;
    throw new ParleyError('FILE_TYPE_REFUSED', { type });
  } finally {
    leave();
  }
}

async function rewrite(path: string, type: string): Promise<KeptImage> {
  const sharp = await load();
  const limits = { limitInputPixels: MAX_PIXELS, failOn: 'error' } as const;
  const { pages = 1, format } = await sharp(path, limits).metadata();
  if (`image/${format}` !== type || pages > MAX_PICTURES)
    throw new ParleyError('FILE_TYPE_REFUSED', { type });
  const image = sharp(path, { ...limits, animated: pages > 1 });
  const upright = pages > 1 ? image : image.autoOrient();
  const bytes = await FORMATS[type]!(upright.timeout({ seconds: MAX_SECONDS })).toBuffer();
  const first = sharp(bytes, limits).timeout({ seconds: MAX_SECONDS });
  const { width, height } = await first.metadata();
  const thumbnail = await first
    .resize(THUMBNAIL, THUMBNAIL, { fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 75 })
    .toBuffer();
  return { bytes, width, height, thumbnail, blurhash: await hashOf(thumbnail) };
}

async function hashOf(thumbnail: Buffer): Promise<string> {
  const sharp = await load();
  const { data, info } = await sharp(thumbnail)
    .resize(32, 32, { fit: 'inside' })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return encode(new Uint8ClampedArray(data), info.width, info.height, 4, 3);
}

type Library = typeof import('sharp').default;
let library: Promise<Library> | undefined;

/** Loaded with the first image. Of all that it reads only what we take is let in. */
function load(): Promise<Library> {
  library ??= import('sharp').then(({ default: sharp }) => {
    sharp.cache(false);
    sharp.concurrency(1);
    sharp.block({ operation: ['VipsForeignLoad'] });
    const readers = ['Jpeg', 'Png', 'Webp', 'Nsgif'].map((name) => `VipsForeignLoad${name}`);
    sharp.unblock({ operation: readers });
    return sharp;
  });
  return library;
}

let working = 0;
const waiting: (() => void)[] = [];

async function enter(): Promise<() => void> {
  if (waiting.length >= WAITING) throw new ParleyError('BUSY', { retryAfter: 5 });
  if (working >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  else working++;
  return () => {
    const next = waiting.shift();
    if (next) next();
    else working--;
  };
}
