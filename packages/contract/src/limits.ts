/** Limits that both sides know. The server enforces each; the client uses them to refuse early. */
export const LIMITS = {
  /** Characters (code points) of a message's text. */
  messageText: 4_000,
  /** Characters of a group's title. */
  groupTitle: 100,
  /** Characters of a group's description. */
  groupDescription: 255,
  /** Members of one group at the same time. */
  groupMembers: 5_000,
  /** People that one `groups.create` or `groups.addMembers` names. */
  membersPerCall: 200,
  /** Messages of one `messages.list` page. */
  pageSize: 100,
  /** Characters of a username, from and to. */
  usernameMin: 3,
  usernameMax: 20,
  /** Characters of a full name. */
  fullName: 100,
  /** Characters (code points) of a password, from and to. */
  passwordMin: 8,
  passwordMax: 64,
  /** Characters of a device's name. */
  deviceName: 100,
} as const;
