import { isShownTo, messageJsonFor } from '../messages/read.ts';

/** Messages of one block. The migration has the same number. */
export const BLOCK = 1_024;

/**
 * The conversations of somebody ($1), or one of them ($2), with the range of seqs that they see. Nothing newer than $3
 * is looked at, if that is given: how far it goes is found by halving.
 */
export const PLACES = {
  name: 'search_places',
  text: `
  WITH RECURSIVE mine AS (
    SELECT me.conversation_id, me.joined_seq, c.last_seq, greatest(c.last_activity_at, me.last_withheld_at) AS at
    FROM members me JOIN conversations c ON c.id = me.conversation_id
    WHERE me.user_id = $1 AND NOT me.hidden AND ($2::uuid IS NULL OR me.conversation_id = $2)
  ), halved (conversation_id, low, high) AS (
    SELECT conversation_id, CASE WHEN at > $3::timestamptz THEN joined_seq ELSE last_seq END, last_seq FROM mine
    UNION ALL
    SELECT conversation_id, CASE WHEN is_later THEN low ELSE middle END, CASE WHEN is_later THEN middle - 1 ELSE high END
    FROM (SELECT *, (low + high + 1) / 2 AS middle FROM halved WHERE low < high) h
    CROSS JOIN LATERAL (
      SELECT coalesce((SELECT m.created_at > $3 FROM messages m
                       WHERE m.conversation_id = h.conversation_id AND m.seq >= middle
                       ORDER BY m.seq LIMIT 1), true) AS is_later
    ) l
  )
  SELECT mine.conversation_id AS "conversationId", joined_seq + 1 AS low, high,
         (extract(epoch FROM at) * 1000)::float8 AS at
  FROM halved JOIN mine USING (conversation_id)
  WHERE low >= high`,
};

/** As texts are compared. */
export const FOLD = { name: 'search_fold', text: 'SELECT search_fold($1) AS folded' };

/**
 * Looks through ranges of conversations ($2 to $4) for what somebody ($1) sees: the newest $10 of each. In a block with
 * an index only what has all the terms ($5) is read, else everything. It is written by $6, has $7, is not older than $8
 * and is older than $9, which is a time, a conversation and a seq; every pattern of $11 fits its text. Each range comes at
 * least once, with when its first message was written.
 */
export const LOOK = {
  name: 'search_look',
  text: `
  SELECT (w.ord - 1)::int AS index, (extract(epoch FROM lowest.created_at) * 1000)::float8 AS "lowestAt",
    m.seq, (extract(epoch FROM m.created_at) * 1000)::float8 AS at,
    CASE WHEN m.seq IS NOT NULL THEN ${messageJsonFor('$1')} END AS json
  FROM unnest($2::uuid[], $3::int[], $4::int[]) WITH ORDINALITY AS w (conversation_id, low, high, ord)
  JOIN members me ON me.conversation_id = w.conversation_id AND me.user_id = $1 AND NOT me.hidden
  LEFT JOIN LATERAL (
    SELECT m.created_at FROM messages m WHERE m.conversation_id = w.conversation_id AND m.seq >= w.low
    ORDER BY m.seq LIMIT 1
  ) lowest ON true
  LEFT JOIN LATERAL (
    SELECT m.* FROM (
      SELECT b.block, s.block IS NOT NULL AS has_index
      FROM generate_series((w.low - 1) / ${BLOCK}, (w.high - 1) / ${BLOCK}) AS b (block)
      LEFT JOIN search_blocks s ON s.conversation_id = w.conversation_id AND s.block = b.block
    ) b CROSS JOIN LATERAL (
      SELECT m.* FROM messages m
      WHERE NOT b.has_index AND m.conversation_id = w.conversation_id
        AND m.seq BETWEEN greatest(w.low, b.block * ${BLOCK} + 1) AND least(w.high, (b.block + 1) * ${BLOCK})
      UNION ALL
      SELECT m.* FROM (
        SELECT bit_and(p.bits) AS bits FROM search_postings p
        WHERE b.has_index AND p.conversation_id = w.conversation_id AND p.block = b.block AND p.term = ANY ($5)
        HAVING count(*) = cardinality($5::text[])
      ) p
      CROSS JOIN LATERAL generate_series(0, ${BLOCK - 1}) AS place
      JOIN messages m ON m.conversation_id = w.conversation_id AND m.seq = b.block * ${BLOCK} + 1 + place
      WHERE get_bit(p.bits, place) = 1 AND m.seq BETWEEN w.low AND w.high
    ) m
    WHERE m.seq > me.joined_seq AND ${isShownTo('$1', 'w.conversation_id')} AND m.deleted_at IS NULL
      AND ($6::uuid IS NULL OR m.sender_id = $6)
      AND ($7::text IS NULL OR $7 IN (SELECT search_traits(m.text, m.extras)))
      AND ($8::timestamptz IS NULL OR m.created_at >= $8)
      AND ($9::timestamptz IS NULL OR (m.created_at, m.conversation_id, m.seq) < ($9, $12::uuid, $13::int))
      AND search_fold(m.text) LIKE ALL ($11::text[])
    ORDER BY m.seq DESC LIMIT $10
  ) m ON true
  ORDER BY w.ord, m.seq DESC`,
};
