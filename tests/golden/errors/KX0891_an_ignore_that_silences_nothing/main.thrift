// lint:ignore MESSAGE_PASCAL_CASE the old clients know it so
struct User {
  1: i64 id
}
