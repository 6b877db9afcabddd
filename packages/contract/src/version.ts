/**
 * The version of the wire: of the procedures, the events and the errors. docs/openapi.json keeps what they are in it, and a
 * change that apps in the field cannot bear is refused until this is another number: it is a decision, and no accident.
 */
export const WIRE_VERSION = 1;
