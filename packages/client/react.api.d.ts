import { ReactElement, ReactNode } from "react";
import { Block, ChatClient, ChatState, ConnectionStatus, Contact, ConversationView, Friend, FriendRequest, Member, Message, MessageContent, OutgoingMessage, OwnUser, Presence, Readable, Receipt, Sending, StoriesOfAuthor, Story, Unread, Upload, UploadContent, UploadOptions, UploadState } from "@parley/client";
/**
 * Gives a client to all hooks below it. The client is the application's: it makes it once, outside of any component, and
 * closes it if ever.
 */
declare function ChatProvider({ client, children }: {
  client: ChatClient;
  children?: ReactNode;
}): ReactElement;
/** The client of the provider above: for what no hook is there for. */
declare function useChat(): ChatClient;
/** The value of a `Readable` of the client, as long as it is shown. */
declare function useReadable<Value>({ get, subscribe }: Readable<Value>): Value;
/**
 * Something out of the client's state: the component is rendered again only when it is another one. `select` is pure, and
 * stable (`useCallback`, or outside of the component); where it makes new objects, `isSame` says whether they are equal.
 */
declare function useChatState<Value>(select: (state: ChatState) => Value, isSame?: (a: Value, b: Value) => boolean): Value;
/** How a load stands that a component needs. */
interface Load {
  isLoading: boolean;
  /** Why the server refused it: an error for `isParleyError`. */
  error: Error | undefined;
}
/**
 * The conversations that are known, the most recently active first; undefined before they are. What an application has for
 * itself, such as archived ones, it leaves out.
 */
declare function useConversations(): readonly ConversationView[] | undefined;
/** The threads that this person follows; with a conversation, those about its messages. */
declare function useThreads(conversationId?: string): readonly ConversationView[] | undefined;
/** One conversation, without its messages and members; undefined until it is known. It is loaded if need be. */
declare function useConversation(conversationId: string): ConversationView | undefined;
/** What is unread in all that is known, and which of it calls this person; undefined before that is known. */
declare const useUnread: () => Unread | undefined;
/** One file at a time on its way: a component for each of several. */
interface FileUpload {
  /** Undefined before there was one. */
  state: UploadState | undefined;
  upload(content: UploadContent, options: UploadOptions): Upload;
  cancel(): void;
}
/** Uploads a file and tells how far it is. It goes on when the component goes. */
declare function useUpload(): FileUpload;
/** An address to show or download a file; undefined while there is none, or this person may not see it. */
declare function useFileLink(fileId: string | null | undefined, { thumbnail }?: {
  thumbnail?: boolean;
}): string | undefined;
/** Everybody in a conversation; undefined until they are loaded, which this does. */
declare function useMembers(conversationId: string): readonly Member[] | undefined;
/**
 * How far a message of one's own has come: in a direct conversation with the other one; in any other the least of all who were
 * in it then, so that `read` means by everybody. Undefined until that is known.
 */
declare function useReceipt({ conversationId, seq }: Pick<Message, 'conversationId' | 'seq'>): Receipt | undefined;
/** A conversation's messages as far as they are loaded, and how to load more of them. */
interface Messages extends Load {
  /** In the order of `seq`; undefined until the conversation is known. */
  messages: readonly Message[] | undefined;
  /** Own ones that are not among them yet; none while newer ones are not loaded. `messages.sending` retries and cancels. */
  sending: readonly OutgoingMessage[];
  hasOlder: boolean;
  /** Also: new messages are counted and not shown, until `loadNewer` has come to the end, or `toLatest`. */
  hasNewer: boolean;
  /** These never reject: what goes wrong is in `error`. */
  loadOlder(): Promise<void>;
  loadNewer(): Promise<void>;
  jumpTo(seq: number): Promise<void>;
  toLatest(): Promise<void>;
}
declare function useMessages(conversationId: string): Messages;
/** Each of these is undefined until it is known. */
declare const useFriends: () => readonly Friend[] | undefined;
/** From and to this person: see `direction`. */
declare const useFriendRequests: () => readonly FriendRequest[] | undefined;
declare const useContacts: () => readonly Contact[] | undefined;
declare const useBlocks: () => readonly Block[] | undefined;
declare const useConnection: () => ConnectionStatus;
/** Whether it is time to say that there is no connection: it has not been live for five seconds. */
declare const useIsTakingLong: () => boolean;
/** Whoever is signed in; undefined before they are known. */
declare const useMe: () => OwnUser | undefined;
/** How somebody is; undefined as long as nothing is told of them, which is not offline. */
declare const usePresence: (userId: string) => Presence | undefined;
/** The ids of those who write in a conversation at this moment, never one's own. */
declare const useTyping: (conversationId: string) => readonly string[];
/** Sends into a conversation: what was sent shows at once, in `sending` of `useMessages`. */
declare function useSend(conversationId: string): (content: MessageContent) => Sending;
/** Stories that are not over. */
interface ShownStories {
  /** One's own, the newest first. */
  own: readonly Story[];
  /** Those of others, by author: whoever has one that was not seen comes first. */
  others: readonly StoriesOfAuthor[];
}
/** The stories that this person sees; undefined until they are known. One that is over goes by itself. */
declare function useStories(): ShownStories | undefined;
export { ChatProvider, type FileUpload, type Messages, type ShownStories, useBlocks, useChat, useChatState, useConnection, useContacts, useConversation, useConversations, useFileLink, useFriendRequests, useFriends, useIsTakingLong, useMe, useMembers, useMessages, usePresence, useReadable, useReceipt, useSend, useStories, useThreads, useTyping, useUnread, useUpload };