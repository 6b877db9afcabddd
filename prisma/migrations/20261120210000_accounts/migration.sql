-- Accounts: verified addresses, roles, bans, deletion; the codes of mails; what is kept for the auditor.

CREATE TYPE role AS ENUM ('USER', 'MODERATOR', 'ADMIN');
CREATE TYPE code_purpose AS ENUM ('verify_email', 'reset_password', 'change_email');

ALTER TABLE users
  ADD COLUMN email_verified_at TIMESTAMPTZ(3),
  ADD COLUMN external_subject TEXT,
  ADD COLUMN role role NOT NULL DEFAULT 'USER',
  ADD COLUMN banned_at TIMESTAMPTZ(3),
  ADD COLUMN banned_until TIMESTAMPTZ(3),
  ADD COLUMN code_failures INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN deleted_at TIMESTAMPTZ(3);
CREATE UNIQUE INDEX users_external_subject_key ON users (external_subject);

ALTER TABLE sessions ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE messages ADD COLUMN deleted_at TIMESTAMPTZ(3);

CREATE TABLE codes (
  id UUID NOT NULL,
  user_id UUID NOT NULL,
  purpose code_purpose NOT NULL,
  email TEXT NOT NULL,
  code_hash BYTEA NOT NULL,
  link_hash BYTEA NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0,
  created_at TIMESTAMPTZ(3) NOT NULL,
  expires_at TIMESTAMPTZ(3) NOT NULL,
  used_at TIMESTAMPTZ(3),
  CONSTRAINT codes_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX codes_link_hash_key ON codes (link_hash);
CREATE UNIQUE INDEX codes_user_id_purpose_key ON codes (user_id, purpose);
ALTER TABLE codes ADD CONSTRAINT codes_user_id_fkey
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE former_members (
  conversation_id UUID NOT NULL,
  user_id UUID NOT NULL,
  CONSTRAINT former_members_pkey PRIMARY KEY (user_id, conversation_id)
);

CREATE TABLE audit_records (
  id UUID NOT NULL,
  at TIMESTAMPTZ(3) NOT NULL,
  action TEXT NOT NULL,
  user_id UUID,
  actor_id UUID,
  address TEXT NOT NULL,
  details JSONB NOT NULL,
  CONSTRAINT audit_records_pkey PRIMARY KEY (id)
);
CREATE INDEX audit_records_user_id_at_idx ON audit_records (user_id, at);
CREATE INDEX audit_records_at_idx ON audit_records (at);

CREATE TABLE inbox_mails (
  id UUID NOT NULL,
  recipient TEXT NOT NULL,
  subject TEXT NOT NULL,
  html TEXT NOT NULL,
  text TEXT NOT NULL,
  created_at TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT inbox_mails_pkey PRIMARY KEY (id)
);
CREATE INDEX inbox_mails_created_at_idx ON inbox_mails (created_at);
