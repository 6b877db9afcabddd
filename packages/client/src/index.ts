export type {
  Availability,
  Block,
  ChatEvent,
  Contact,
  Conversation,
  ConversationView,
  EphemeralEvent,
  ErrorCode,
  ErrorData,
  Friend,
  FriendRequest,
  Member,
  Membership,
  MembershipSettings,
  Message,
  OwnUser,
  Presence,
  Profile,
  PublicUser,
  ReportReason,
  SeqRange,
  Settings,
  Status,
  StreamItem,
  StreamNotice,
  WireError,
} from '@parley/contract';
export type { Api, AppRouter } from './api-type.ts';
export type { ChatClient, ClientOptions, MessageRange } from './chat-client.ts';
export { createClient } from './create-client.ts';
export { isParleyError, type ParleyError } from './errors.ts';
export type { Fetch, WebSocketConstructor } from './platform.ts';
export { type AuthOptions, memoryStorage, type Storage } from './session.ts';
export type { Readable } from './store.ts';
export { applyEvent, type ReceivedEvent, type UnknownEvent } from './sync/apply-event.ts';
export type { ConnectionStatus } from './sync/connection.ts';
export type { OutgoingMessage } from './sync/outbox.ts';
export type { People } from './sync/people.ts';
export type { Sending, SendingState } from './sync/sender.ts';
export {
  type Bootstrap,
  type ChatState,
  type ConversationState,
  emptyState,
  hasMoreBefore,
  type MessagePage,
  statusAt,
  type Timeline,
  takeBootstrap,
  unreadOf,
} from './sync/state.ts';
export type { EventSourceConstructor } from './transport.ts';
