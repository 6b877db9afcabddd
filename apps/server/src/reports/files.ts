/** SQL: whether a file was reported with the story that it was: it is kept for the moderators. `f` is its row. */
export const IS_REPORTED = `EXISTS (SELECT FROM reports r WHERE r.file_id = f.id)`;

/** SQL: whether it was, and somebody is a moderator; `userId` is their user id as SQL. */
export const isReportedTo = (userId: string): string =>
  `(${IS_REPORTED} AND EXISTS (SELECT FROM users u WHERE u.id = ${userId} AND u.role <> 'USER'))`;
