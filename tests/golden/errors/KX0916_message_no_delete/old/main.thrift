struct User {
  1: i64 id
}

struct Group {
  1: i64 id
}
