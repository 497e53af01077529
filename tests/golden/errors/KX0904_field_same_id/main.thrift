struct User {
  1: i64 id
  3: string name
}
