import type { ReactNode } from 'react';
import { Icon } from './icons.tsx';

/** A page beside the list that is no conversation. */
export const Panel = ({ title, back, children }: { title: string; back: string; children: ReactNode }) => (
  <>
    <header className="bar">
      <a className="button round" href={back} aria-label="Back">
        <Icon name="back" />
      </a>
      <h2 className="grow ellipsis">{title}</h2>
    </header>
    <div className="panel">
      <div className="inner">{children}</div>
    </div>
  </>
);
