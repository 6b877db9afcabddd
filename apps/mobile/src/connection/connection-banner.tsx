import type { ConnectionStatus } from '@parley/client';
import { useConnection, useIsTakingLong } from '@parley/client/react';
import { useNetInfo } from '@react-native-community/netinfo';
import { StyleSheet, View } from 'react-native';
import { useLook } from '../look/look.ts';
import { Words } from '../look/parts.tsx';

const OFFLINE = 'You are offline. What you write waits here and goes out when you are back.';

const LATE: Partial<Record<ConnectionStatus, string>> = {
  connecting: 'Connecting takes long …',
  reconnecting: 'The connection was lost. Connecting …',
};

/** Says that there is no connection: at once where the phone knows, and not for a hiccup where it does not. */
export function ConnectionBanner() {
  const look = useLook();
  const status = useConnection();
  const isLate = useIsTakingLong();
  const { isConnected } = useNetInfo();
  const isOffline = status === 'offline' || (status !== 'live' && isConnected === false);
  const words = isOffline ? OFFLINE : isLate ? LATE[status] : undefined;
  return (
    <View role="status">
      {words !== undefined && (
        <View style={[styles.banner, { backgroundColor: look.notice }]}>
          <Words size={13}>{words}</Words>
        </View>
      )}
    </View>
  );
}

const styles = StyleSheet.create({ banner: { paddingHorizontal: 16, paddingVertical: 8 } });
