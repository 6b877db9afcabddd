import type { Member } from '@parley/contract';

type Role = Member['role'];

/** Owner and admins bring people in. */
export const mayAddMembers = (role: Role): boolean => role !== 'member';

/** Owner and admins say what the group is called, what it is about, and how it goes in it. */
export const mayUpdate = (role: Role): boolean => role !== 'member';

/** Only the owner deletes it. */
export const mayDelete = (role: Role): boolean => role === 'owner';

/** Only the owner says who is what. */
export const maySetRoles = (role: Role): boolean => role === 'owner';

/** The owner puts anybody out, an admin plain members. */
export const mayRemove = (role: Role, target: Role): boolean =>
  role === 'owner' ? target !== 'owner' : role === 'admin' && target === 'member';

/** The owner leaves only as the last one: a group is never without an owner. */
export const mayLeave = (role: Role, memberCount: number): boolean => role !== 'owner' || memberCount === 1;
