/**
 * The closed list of errors: each code a client can meet, with the HTTP status it has over plain HTTP and
 * the data it carries. Nothing else ever leaves the server; what nobody foresaw is `INTERNAL`, with an id
 * that the server's log has.
 */
export interface ErrorData {
  /** The input does not fit. `issues` names each field, as a path with dots. */
  INVALID_INPUT: { issues: { path: string; message: string }[] };
  /** No session, or one that has ended. Log in again. */
  UNAUTHENTICATED: object;
  /** Username or e-mail and password do not belong together. */
  INVALID_CREDENTIALS: object;
  /** This refresh token is unknown, expired or ended. Log in again. */
  INVALID_REFRESH_TOKEN: object;
  /** A refresh token came back more than ten seconds after its first use: the whole session is ended. */
  REFRESH_TOKEN_REUSED: object;
  /** The account's address is not verified yet. Until it is, it can verify, ask for another mail, and log out. */
  EMAIL_NOT_VERIFIED: object;
  /** The code or link is wrong, used, too old, or meant for something else: which of them is not told. */
  INVALID_CODE: object;
  /** What was given as the current password is not it. */
  WRONG_PASSWORD: object;
  /** The account is banned: until then, or for good. */
  BANNED: { until: string | null };
  /** Accounts are kept by another service here: this is done there. */
  ACCOUNTS_ELSEWHERE: object;
  /** Another account has this e-mail address. Told only where addresses need no verification. */
  EMAIL_TAKEN: object;
  /** Another account has this username, in whatever case. */
  USERNAME_TAKEN: object;
  /** It does not exist, or it is not for you to know that it does. */
  NOT_FOUND: {
    what:
      | 'conversation'
      | 'user'
      | 'message'
      | 'member'
      | 'session'
      | 'friend'
      | 'friendRequest'
      | 'contact'
      | 'block'
      | 'report'
      | 'invite'
      | 'upload'
      | 'file'
      | 'story'
      | 'scheduled'
      | 'export'
      | 'procedure';
  };
  /** You see it, and may not do this to it. */
  FORBIDDEN: { need: 'owner' | 'admin' | 'sender' | 'MODERATOR' | 'ADMIN' };
  /** This person does not let you do it: begin a direct conversation with them, or put them into a group. */
  REFUSED_BY_SETTINGS: { userId: string };
  /** This is not done with oneself: a conversation, a friendship, a contact, a block, a report, to hand a group over. */
  NOT_YOURSELF: object;
  /** The caller has blocked this person, and has to unblock them first. */
  PERSON_BLOCKED: object;
  /** They are friends already. */
  ALREADY_FRIENDS: object;
  /** This person is in the address book already. */
  ALREADY_A_CONTACT: object;
  /**
   * One of the two would have more of these than `limit`; friend requests are counted by who sends them, invites by group,
   * reactions by message (different ones), pins by conversation, uploads that are not complete, stories that are not over, scheduled messages
   * and exports that are being made by person. Those that wait in the outbox of a client are counted by the client, which refuses more of them itself.
   */
  TOO_MANY: {
    what:
      | 'friends'
      | 'friendRequests'
      | 'contacts'
      | 'blocks'
      | 'invites'
      | 'reactions'
      | 'pins'
      | 'uploads'
      | 'stories'
      | 'scheduled'
      | 'exports'
      | 'outbox';
    limit: number;
  };
  /** This is done in groups only. */
  NOT_A_GROUP: object;
  /** A message of a thread has no thread of its own, and a thread keeps its messages for as long as its parent does. */
  IN_A_THREAD: object;
  /** The owner hands the group over before leaving it. */
  OWNER_MUST_TRANSFER: object;
  /** The invite is unknown, expired, revoked or used up, or its group is gone: which of them is not told. */
  INVALID_INVITE: object;
  /** The group would have more than `limit` members. */
  GROUP_FULL: { limit: number };
  /** The same `clientMessageId` was sent before with other content; `messageId` is what was stored then. */
  IDEMPOTENCY_CONFLICT: { messageId: string };
  /** A message is edited within so many seconds of being sent, and so often, and no more. */
  EDITING_OVER: { seconds: number };
  /** The file has more than `limit` bytes, or than were announced. */
  FILE_TOO_LARGE: { limit: number };
  /** What is in the file is not of a type that is taken here, or is broken. `type` is what it seems to be. */
  FILE_TYPE_REFUSED: { type: string | null };
  /** One's files would have more than `limit` bytes together. */
  QUOTA_EXCEEDED: { limit: number };
  /** Of `size` bytes `received` are there: send the others, from there on. */
  UPLOAD_INCOMPLETE: { received: number; size: number };
  /** More than the operator lets one person, address or account do. Try again after `retryAfter` seconds. */
  RATE_LIMITED: { retryAfter: number };
  /** More subscriptions than one socket may hold. */
  TOO_MANY_SUBSCRIPTIONS: { limit: number };
  /** Too much is asked at this moment. Try again after `retryAfter` seconds. */
  BUSY: { retryAfter: number };
  /** The server is leaving or its database is away. Nothing is known of the outcome: retry with the same key. */
  UNAVAILABLE: object;
  /** A method or a form of request that this procedure does not take. */
  UNSUPPORTED_REQUEST: object;
  /** Something nobody foresaw. `errorId` finds it in the server's log. */
  INTERNAL: { errorId: string };
}

export type ErrorCode = keyof ErrorData;

/** The HTTP status of each code. */
export const ERROR_STATUS = {
  INVALID_INPUT: 400,
  UNAUTHENTICATED: 401,
  INVALID_CREDENTIALS: 401,
  INVALID_REFRESH_TOKEN: 401,
  REFRESH_TOKEN_REUSED: 401,
  EMAIL_NOT_VERIFIED: 403,
  INVALID_CODE: 400,
  WRONG_PASSWORD: 403,
  BANNED: 403,
  ACCOUNTS_ELSEWHERE: 403,
  EMAIL_TAKEN: 409,
  USERNAME_TAKEN: 409,
  NOT_FOUND: 404,
  FORBIDDEN: 403,
  REFUSED_BY_SETTINGS: 403,
  NOT_YOURSELF: 400,
  PERSON_BLOCKED: 409,
  ALREADY_FRIENDS: 409,
  ALREADY_A_CONTACT: 409,
  TOO_MANY: 409,
  NOT_A_GROUP: 400,
  IN_A_THREAD: 400,
  OWNER_MUST_TRANSFER: 409,
  INVALID_INVITE: 400,
  GROUP_FULL: 409,
  IDEMPOTENCY_CONFLICT: 409,
  EDITING_OVER: 409,
  FILE_TOO_LARGE: 413,
  FILE_TYPE_REFUSED: 415,
  QUOTA_EXCEEDED: 409,
  UPLOAD_INCOMPLETE: 409,
  RATE_LIMITED: 429,
  TOO_MANY_SUBSCRIPTIONS: 429,
  BUSY: 503,
  UNAVAILABLE: 503,
  UNSUPPORTED_REQUEST: 415,
  INTERNAL: 500,
} as const satisfies Record<ErrorCode, number>;

/** What `error.data` is on the wire: the code, its HTTP status and the code's own data. */
export type WireError = {
  [Code in ErrorCode]: { code: Code; httpStatus: (typeof ERROR_STATUS)[Code] } & ErrorData[Code];
}[ErrorCode];
