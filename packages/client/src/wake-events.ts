import { platform } from './platform.ts';

/**
 * Where the runtime tells of such things, as browsers do: calls back when there is a network again or the page is looked
 * at again, and when the network is gone; until the function it returns is called.
 */
export function followPlatform(wake: () => void, offline: () => void): () => void {
  const wakeIfVisible = (): void => {
    if (platform.document?.visibilityState !== 'hidden') wake();
  };
  const listeners = [
    ['online', wake],
    ['pageshow', wake],
    ['visibilitychange', wakeIfVisible],
    ['offline', offline],
  ] as const;
  for (const [type, listener] of listeners) platform.addEventListener?.(type, listener);
  return () => {
    for (const [type, listener] of listeners) platform.removeEventListener?.(type, listener);
  };
}
