/**
 * The version of the wire: of the procedures and the events. A test pins a hash of the event schemas to it,
 * so that a change of the protocol is a decision and not an accident.
 */
export const WIRE_VERSION = 1;
