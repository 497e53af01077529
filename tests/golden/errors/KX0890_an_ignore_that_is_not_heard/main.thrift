// lint:ignore
struct user {
  // lint:ignore FIELD_LOWER_SNAKE_CASE
  1: i64 userId
  2: i64 groupId // lint:ignore FIELD_SNAKE_CASE the old clients know it so
}
