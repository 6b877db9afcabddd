/**
 * SQLSTATE classes 08 (connection), 40 (deadlock, serialization), 53 (resources) and 57 (shut down, cancelled for
 * time), the closed database and the lock that was waited for too long; then the system's own, then Prisma's.
 */
const AWAY =
  /^((08|40|53|57)[0-9A-Z]{3}|55000|55P03|25P03|E(CONNREFUSED|CONNRESET|PIPE|TIMEDOUT|HOSTUNREACH|NOTFOUND|AI_AGAIN)|P1001|P1002|P1008|P1017|P2024|P2028|P2034|DatabaseNotReachable|ConnectionClosed|SocketTimeout)$/;
/** What node-postgres says without a code. */
const BROKEN_OFF = /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered)/;

interface Thrown {
  code?: unknown;
  message?: string;
  /** Prisma keeps what the driver said here. */
  meta?: { driverAdapterError?: { cause?: { originalCode?: unknown; kind?: unknown } } };
}

/** Whether this was thrown because the database could not be had at that moment: the next try may go well. */
export function isDatabaseAway(error: unknown): boolean {
  const { code, message, meta } = (error ?? {}) as Thrown;
  const driver = meta?.driverAdapterError?.cause;
  return (
    [code, driver?.originalCode, driver?.kind].some((said) => AWAY.test(String(said))) ||
    BROKEN_OFF.test(message ?? '')
  );
}
