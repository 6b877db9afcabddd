import { Dialog } from './dialog.tsx';

/** Asks once more before something that cannot be undone. */
export const Confirm = ({
  title,
  text,
  act,
  onClose,
}: {
  title: string;
  text: string;
  act: () => void;
  onClose: () => void;
}) => (
  <Dialog title={title} onClose={onClose}>
    <div className="form">
      <p>{text}</p>
      <button
        type="button"
        className="button danger"
        onClick={() => {
          onClose();
          act();
        }}
      >
        {title}
      </button>
    </div>
  </Dialog>
);
