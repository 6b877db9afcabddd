-- Every statement of these functions looks rows up by key. A connection keeps their plans, and one made while the
-- tables were empty would read them from end to end: a new installation's sends then cost more with each message
-- (45 us of the database's CPU at first, 270 us after 300,000), until the tables are analysed.
ALTER FUNCTION log_take_head() SET enable_seqscan = off;
ALTER FUNCTION send_messages(uuid[], uuid[], uuid[], text[], text[], timestamptz)
  SET enable_seqscan = off SET plan_cache_mode = force_generic_plan;
ALTER FUNCTION move_read_marks(uuid[], uuid[], int[])
  SET enable_seqscan = off SET plan_cache_mode = force_generic_plan;
