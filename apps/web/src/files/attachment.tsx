import type { FileInfo } from '@parley/client';
import { useChat, useFileLink } from '@parley/client/react';
import { useState } from 'react';
import { Dialog } from '../look/dialog.tsx';
import { Icon } from '../look/icons.tsx';
import { averageColour } from './average-colour.ts';
import { sizeInWords } from './size-in-words.ts';
import './files.css';

const WIDTH = 280;
const HEIGHT = 320;

/** A file of a message: pictures and films are shown, everything else is downloaded. */
export function Attachment({ file }: { file: FileInfo }) {
  switch (file.kind) {
    case 'image':
      return <Image file={file} />;
    case 'video':
    case 'audio':
      return <Playable file={file} />;
    default:
      return <Download file={file} />;
  }
}

/** Its place is there before it is, in its average colour. */
function Image({ file }: { file: FileInfo }) {
  const small = useFileLink(file.id, { thumbnail: true });
  const [isOpen, setOpen] = useState(false);
  const { width = WIDTH, height = WIDTH } = file;
  const scale = Math.min(1, WIDTH / width, HEIGHT / height);
  return (
    <>
      <button
        type="button"
        className="picture"
        aria-label={`Show ${file.name}`}
        style={{
          width: Math.max(60, width * scale),
          height: Math.max(40, height * scale),
          backgroundColor: averageColour(file.blurhash),
        }}
        onClick={() => setOpen(true)}
      >
        {small && <img src={small} alt={file.name} />}
      </button>
      {isOpen && (
        <Dialog title={file.name} onClose={() => setOpen(false)}>
          <Whole file={file} />
          <Download file={file} />
        </Dialog>
      )}
    </>
  );
}

function Whole({ file }: { file: FileInfo }) {
  const link = useFileLink(file.id);
  return link && <img className="whole" src={link} alt={file.name} />;
}

function Playable({ file }: { file: FileInfo }) {
  const link = useFileLink(file.id);
  if (!link) return <Download file={file} />;
  return file.kind === 'video' ? (
    // biome-ignore lint/a11y/useMediaCaption: people send what they have
    <video className="picture" src={link} controls preload="metadata" aria-label={file.name} />
  ) : (
    // biome-ignore lint/a11y/useMediaCaption: people send what they have
    <audio src={link} controls preload="metadata" aria-label={file.name} />
  );
}

/** Its link is asked for when it is wanted: it is good for some minutes only. */
function Download({ file }: { file: FileInfo }) {
  const chat = useChat();
  async function download(): Promise<void> {
    const anchor = document.createElement('a');
    anchor.href = await chat.files.link({ fileId: file.id });
    anchor.download = file.name;
    anchor.click();
  }
  return (
    <button type="button" className="download row" onClick={() => void download()}>
      <Icon name="file" />
      <span className="grow ellipsis">{file.name}</span>
      <span className="small">{sizeInWords(file.size)}</span>
    </button>
  );
}
