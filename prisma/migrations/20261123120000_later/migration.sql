-- Messages that wait for their time, or could not be sent then.
CREATE TABLE scheduled_messages (
  id UUID NOT NULL,
  user_id UUID NOT NULL,
  conversation_id UUID NOT NULL,
  -- What was first scheduled under its key, hashed.
  fingerprint TEXT NOT NULL,
  text TEXT NOT NULL,
  -- As text, so that it is sent with its fields in the same order each time.
  extras JSON,
  -- When its author wants it sent, and when somebody is to look at it next: null when it has failed.
  send_at TIMESTAMPTZ(3) NOT NULL,
  due_at TIMESTAMPTZ(3),
  -- Somebody sends it at this moment.
  sending BOOLEAN NOT NULL DEFAULT false,
  failure TEXT,
  created_at TIMESTAMPTZ(3) NOT NULL,
  updated_at TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT scheduled_messages_pkey PRIMARY KEY (id)
);
CREATE INDEX scheduled_messages_user_id_idx ON scheduled_messages (user_id);
CREATE INDEX scheduled_messages_due_at_idx ON scheduled_messages (due_at);
