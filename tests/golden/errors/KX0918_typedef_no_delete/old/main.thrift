typedef i64 UserId

struct User {
  1: UserId id
}
