-- What strangers did of late, see limits.ts. Its form is that of rate-limiter-flexible, which names no columns when it
-- inserts. Unlogged: a crash of Postgres lets everybody begin anew, and nothing is written twice.
CREATE UNLOGGED TABLE limit_counts (
  key VARCHAR(255) NOT NULL,
  points INTEGER NOT NULL DEFAULT 0,
  expire BIGINT,
  CONSTRAINT limit_counts_pkey PRIMARY KEY (key)
);
