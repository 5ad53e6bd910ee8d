SELECT c.client_id,
       c.state,
       c.reason,
       c.client_version,
       c.details,
       l.last_seen_at,
       m.message_id,
       m.state,
       m.created_at
  FROM connections AS c
  JOIN connection_liveness AS l ON l.client_id = c.client_id
  LEFT JOIN LATERAL (
       SELECT message_id, state, created_at
         FROM messages
        WHERE client_id = c.client_id
        ORDER BY created_at DESC, message_id DESC
        LIMIT 1
  ) AS m ON true
 WHERE c.org_id = '10000' AND c.client_id > $1
 ORDER BY c.client_id
 LIMIT 100
