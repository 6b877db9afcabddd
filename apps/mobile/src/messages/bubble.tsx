import type { ReactNode } from 'react';
import { StyleSheet, View } from 'react-native';
import { useLook } from '../look/look.ts';

/** What somebody said, on the side of who said it. */
export function Bubble({ isOwn, children }: { isOwn: boolean; children: ReactNode }) {
  const look = useLook();
  return (
    <View
      testID="message"
      style={[
        styles.bubble,
        isOwn ? styles.own : styles.other,
        { backgroundColor: isOwn ? look.own : look.other },
      ]}
    >
      {children}
    </View>
  );
}

const styles = StyleSheet.create({
  bubble: { maxWidth: '82%', borderRadius: 12, paddingHorizontal: 12, paddingVertical: 8, gap: 2 },
  own: { alignSelf: 'flex-end' },
  other: { alignSelf: 'flex-start' },
});
