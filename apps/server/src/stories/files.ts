/** SQL: whether a file is that of a story; `f` is its row. */
export const IS_STORY = `EXISTS (SELECT FROM stories s WHERE s.file_id = f.id)`;
