import type { PublicUser } from '@parley/client';
import { useFileLink, usePresence } from '@parley/client/react';
import { nameOf } from './names.ts';

type Size = 'small' | 'large';

/** Somebody's picture, or the first letters of their name; with whether they are here, if that is known. */
export function Avatar({
  user,
  size,
  showsPresence = false,
}: {
  user: PublicUser | undefined;
  size?: Size;
  showsPresence?: boolean;
}) {
  const presence = usePresence((showsPresence && user?.id) || '');
  return (
    <Picture
      name={user ? nameOf(user) : '?'}
      seed={user?.id ?? ''}
      file={user?.avatar ?? null}
      {...(size && { size })}
      {...(presence && { presence: presence.status })}
    />
  );
}

/** The picture of a person or a group. It is not read out: the name stands beside it. */
export function Picture({
  name,
  seed,
  file,
  size,
  presence,
}: {
  name: string;
  seed: string;
  file: string | null;
  size?: Size;
  presence?: string;
}) {
  const link = useFileLink(file, { thumbnail: true });
  return (
    <span
      className={`avatar ${size ?? ''}`}
      style={{ backgroundColor: `oklch(0.5 0.09 ${hueOf(seed)})` }}
      aria-hidden="true"
    >
      {link ? <img src={link} alt="" /> : initialsOf(name)}
      {presence && <span className={`presence ${presence}`} />}
    </span>
  );
}

const initialsOf = (name: string): string =>
  name
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => [...word][0] ?? '')
    .join('')
    .toUpperCase();

/** The last digits of an id are as good as random. */
const hueOf = (seed: string): number => Number.parseInt(seed.slice(-4) || '0', 16) % 360;
