import { useEffect, useRef, useState } from 'react';

/** What the server tells of something that the client does not know: asked once for each key, and nothing without one. */
export function useAsked<Value>(
  key: string | undefined,
  ask: () => Promise<Value | undefined>,
): Value | undefined {
  const [asked, setAsked] = useState<{ key: string; value: Value | undefined }>();
  const latest = useRef(ask);
  useEffect(() => {
    latest.current = ask;
  });
  const isMissing = key !== undefined && asked?.key !== key;
  useEffect(() => {
    if (!isMissing) return;
    let wanted = true;
    latest.current().then(
      (value) => wanted && setAsked({ key, value }),
      () => {},
    );
    return () => {
      wanted = false;
    };
  }, [isMissing, key]);
  return asked?.key === key ? asked?.value : undefined;
}
