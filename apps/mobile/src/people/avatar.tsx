import { StyleSheet, Text, View } from 'react-native';

/** The first letters of a name, in a colour of its own. It is not read out: the name stands beside it. */
export function Avatar({ name, seed, isOnline }: { name: string; seed: string; isOnline: boolean }) {
  return (
    <View aria-hidden style={[styles.circle, { backgroundColor: `hsl(${hueOf(seed)}, 35%, 40%)` }]}>
      <Text style={styles.letters}>{initialsOf(name)}</Text>
      {isOnline && <View style={styles.online} />}
    </View>
  );
}

const initialsOf = (name: string): string =>
  name
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => [...word][0] ?? '')
    .join('')
    .toUpperCase();

/** The last digits of an id are as good as random. */
const hueOf = (seed: string): number => Number.parseInt(seed.slice(-4) || '0', 16) % 360;

const styles = StyleSheet.create({
  circle: { width: 44, height: 44, borderRadius: 22, alignItems: 'center', justifyContent: 'center' },
  letters: { color: '#ffffff', fontSize: 16, fontWeight: '600' },
  online: {
    position: 'absolute',
    right: 0,
    bottom: 0,
    width: 12,
    height: 12,
    borderRadius: 6,
    borderWidth: 2,
    borderColor: '#ffffff',
    backgroundColor: '#2f9e6f',
  },
});
