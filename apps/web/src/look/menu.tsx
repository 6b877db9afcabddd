import { type KeyboardEvent, type ReactNode, useId, useLayoutEffect, useRef, useState } from 'react';
import { Icon, type IconName } from './icons.tsx';

export interface MenuEntry {
  label: string;
  icon?: IconName;
  isDanger?: boolean;
  act: () => void;
}

/** A button, and what it offers. The arrow keys go through it, Escape closes it. */
export function Menu({
  label,
  icon = 'more',
  entries,
}: {
  label: string;
  icon?: IconName;
  entries: () => MenuEntry[];
}) {
  return (
    <PopoverButton label={label} icon={icon}>
      {(close) =>
        entries().map((entry) => (
          <button
            key={entry.label}
            type="button"
            role="menuitem"
            className={entry.isDanger ? 'danger' : undefined}
            onClick={() => {
              close();
              entry.act();
            }}
          >
            {entry.icon && <Icon name={entry.icon} />}
            {entry.label}
          </button>
        ))
      }
    </PopoverButton>
  );
}

/** A round button that opens something beside it; `title` is what that is called, if not as the button. */
export function PopoverButton({
  label,
  title = label,
  icon,
  children,
}: {
  label: string;
  title?: string;
  icon: IconName;
  children: (close: () => void) => ReactNode;
}) {
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  const close = () => setOpen(false);
  return (
    <>
      <button
        ref={button}
        type="button"
        className="button round"
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        // A click elsewhere closes what is open. This tells the browser that the button is not elsewhere: else its click
        // would find it closed, and open it again.
        popoverTarget={isOpen ? id : undefined}
        onClick={(event) => {
          event.preventDefault();
          setOpen(!isOpen);
        }}
      >
        <Icon name={icon} />
      </button>
      {isOpen && (
        <Popover id={id} at={button.current!} label={title} onClose={close}>
          {children(close)}
        </Popover>
      )}
    </>
  );
}

/** Opens beside an element, over everything else. */
function Popover({
  id,
  at,
  label,
  onClose,
  children,
}: {
  id: string;
  at: HTMLElement;
  label: string;
  onClose: () => void;
  children: ReactNode;
}) {
  const box = useRef<HTMLDivElement>(null);
  const close = useRef(onClose);
  close.current = onClose;
  useLayoutEffect(() => {
    const element = box.current!;
    const closed = (event: Event): void => {
      if ((event as ToggleEvent).newState === 'closed') close.current();
    };
    // Not `toggle`, which comes later than it closes: what is pressed between them would find it open.
    element.addEventListener('beforetoggle', closed);
    element.showPopover();
    const { top, bottom, right, left } = at.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = element;
    const below = bottom + height + 4 < innerHeight;
    element.style.top = `${Math.max(8, below ? bottom + 4 : top - height - 4)}px`;
    element.style.left = `${Math.max(8, left + width < innerWidth ? left : right - width)}px`;
    element.querySelector('button')?.focus();
    return () => {
      element.removeEventListener('beforetoggle', closed);
      // While it is still in the page: the focus does not outlive what has it.
      if (element.matches(':focus-within')) at.focus();
    };
  }, [at]);
  return (
    <div ref={box} id={id} popover="auto" className="menu" role="menu" aria-label={label} onKeyDown={step}>
      {children}
    </div>
  );
}

function step(event: KeyboardEvent<HTMLElement>): void {
  const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  if (by === undefined) return;
  event.preventDefault();
  const buttons = [...event.currentTarget.querySelectorAll('button')];
  const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
  buttons.at((at + by) % buttons.length)?.focus();
}
