const i32 LIMIT = 20

struct User {
  1: i64 id
}
