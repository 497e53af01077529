struct User {
  1: i64 id /* unique
  2: string name
}
