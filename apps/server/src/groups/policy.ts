import type { Member } from '@parley/contract';

type Role = Member['role'];

/** Owner and admins bring people in. */
export const mayAddMembers = (role: Role): boolean => role !== 'member';

/** The owner puts anybody out, an admin plain members. */
export const mayRemove = (role: Role, target: Role): boolean =>
  role === 'owner' ? target !== 'owner' : role === 'admin' && target === 'member';

/** The owner leaves only as the last one: a group is never without an owner. */
export const mayLeave = (role: Role, memberCount: number): boolean => role !== 'owner' || memberCount === 1;
