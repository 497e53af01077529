enum State {
  UNSPECIFIED = 0
}

struct User {
  1: i64 id
}
