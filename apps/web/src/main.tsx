// First, so that what is made of them may differ.
import './look/look.css';
import './look/parts.css';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { createChat } from './chat/create-chat.ts';
import { applyTheme } from './look/theme.ts';

applyTheme();
const chat = createChat();
const place = document.getElementById('root')!;
const root = createRoot(place, {
  onUncaughtError(error) {
    place.replaceChildren('Something went wrong here. Reload the page.');
    reportError(error);
  },
});
// A kept session is read by then, so that nobody is asked to log in who need not.
setTimeout(() => root.render(<App chat={chat} />));
