import type { ConversationView, FileInfo, Upload } from '@parley/client';
import { useChat, useMembers, useSend } from '@parley/client/react';
import {
  type ClipboardEvent,
  type DragEvent,
  type FormEvent,
  type KeyboardEvent,
  useEffect,
  useRef,
  useState,
} from 'react';
import { summaryOf } from '../conversations/conversation-row.tsx';
import { PendingFile } from '../files/pending-file.tsx';
import { Icon } from '../look/icons.tsx';
import { useNotices } from '../look/notices.tsx';
import type { Subject } from './chat.tsx';
import { beingCalled, mentionsIn } from './mentions.ts';
import { useDraft } from './use-draft.ts';

const FILES_AT_MOST = 10;

/** A file that was chosen, and what became of it. */
interface Chosen {
  key: string;
  file: File;
  upload: Upload;
  info?: FileInfo;
}

/** Where the next message is written. */
export function Composer({
  conversation,
  subject,
  onDone,
}: {
  conversation: ConversationView;
  subject: Subject | undefined;
  onDone: () => void;
}) {
  const chat = useChat();
  const { attempt, say } = useNotices();
  const { id } = conversation;
  const sendMessage = useSend(id);
  const members = useMembers(id);
  const draft = useDraft(conversation);
  const [edited, setEdited] = useState('');
  const [files, setFiles] = useState<Chosen[]>([]);
  const [isOver, setOver] = useState(false);
  const [caret, setCaret] = useState(0);
  const input = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const isEditing = subject?.kind === 'edit';
  const text = isEditing ? edited : draft.text;
  const setText = isEditing ? setEdited : draft.setText;

  useEffect(() => {
    if (subject?.kind === 'edit') setEdited(subject.message.text);
    if (subject) input.current?.focus();
  }, [subject]);

  const isWaiting = files.some(({ info }) => info === undefined);
  const canSend = (text.trim() !== '' || files.length > 0) && !isWaiting;

  function send(): void {
    if (!canSend) return;
    const mentions = mentionsIn(text, members ?? [], conversation.me.role !== 'member');
    if (isEditing) {
      const { seq } = subject.message;
      void attempt(
        chat.api.messages.edit.mutate({ conversationId: id, seq, text, ...(mentions && { mentions }) }),
      );
    } else {
      const attachments = files.flatMap(({ info }) => info?.id ?? []);
      sendMessage({
        ...(text.trim() !== '' && { text }),
        ...(subject && { replyTo: subject.message.seq }),
        ...(mentions && { mentions }),
        ...(attachments.length > 0 && { attachments }),
      });
      draft.clear();
      setFiles([]);
    }
    onDone();
  }

  function take(list: FileList | null | undefined): void {
    const free = FILES_AT_MOST - files.length;
    if ((list?.length ?? 0) > free) say(`A message has ${FILES_AT_MOST} files at most.`);
    const added = [...(list ?? [])].slice(0, free).map((file): Chosen => {
      const upload = chat.files.upload(file, { name: file.name || 'picture', purpose: 'message' });
      const take = (info: FileInfo) =>
        setFiles((all) => all.map((one) => (one.upload === upload ? { ...one, info } : one)));
      // Why it failed is shown beside it.
      upload.done.then(take, () => {});
      return { key: `${file.name} ${performance.now()}`, file, upload };
    });
    setFiles([...files, ...added]);
  }

  function drop({ upload }: Chosen): void {
    upload.cancel();
    setFiles((all) => all.filter((one) => one.upload !== upload));
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Escape' && subject) onDone();
    if (event.key !== 'Enter' || event.shiftKey) return;
    event.preventDefault();
    send();
  }

  function onPaste(event: ClipboardEvent): void {
    if (event.clipboardData.files.length === 0) return;
    event.preventDefault();
    take(event.clipboardData.files);
  }

  function onDrop(event: DragEvent): void {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files);
  }

  const called = beingCalled(text, caret, members ?? [], conversation.me.role !== 'member');
  function call(username: string): void {
    const before = text.slice(0, caret).replace(/@\w*$/u, `@${username} `);
    setText(before + text.slice(caret));
    input.current?.focus();
  }

  return (
    <form
      className={isOver ? 'composer over' : 'composer'}
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        send();
      }}
      onDrop={onDrop}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
    >
      {subject && (
        <div className="subject row">
          <Icon name={isEditing ? 'write' : 'reply'} />
          <span className="grow ellipsis">{summaryOf(subject.message)}</span>
          <button type="button" className="button round" aria-label="Not this" onClick={onDone}>
            <Icon name="close" />
          </button>
        </div>
      )}
      {called.length > 0 && (
        <ul className="called" aria-label="People to mention">
          {called.map(({ username, name }) => (
            <li key={username}>
              <button type="button" className="person" onClick={() => call(username)}>
                <span className="grow">{name}</span>
                <span className="quiet">@{username}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {files.length > 0 && (
        <ul className="pending">
          {files.map((chosen) => (
            <PendingFile
              key={chosen.key}
              file={chosen.file}
              upload={chosen.upload}
              onRemove={() => drop(chosen)}
            />
          ))}
        </ul>
      )}
      <div className="writing">
        {!isEditing && (
          <button
            type="button"
            className="button round"
            aria-label="Attach files"
            onClick={() => picker.current?.click()}
          >
            <Icon name="attach" />
          </button>
        )}
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          aria-label="Files"
          onChange={(event) => {
            take(event.target.files);
            event.target.value = '';
          }}
        />
        <textarea
          ref={input}
          className="input"
          rows={1}
          placeholder="Message"
          aria-label={isEditing ? 'Edit the message' : 'Message'}
          maxLength={4_000}
          dir="auto"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setCaret(event.target.selectionStart);
            if (event.target.value !== '' && !isEditing) chat.typing(id);
          }}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
        />
        <button type="submit" className="button main round" aria-label="Send" disabled={!canSend}>
          <Icon name="send" />
        </button>
      </div>
    </form>
  );
}
