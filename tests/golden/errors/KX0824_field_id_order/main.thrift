struct User {
  2: string name
  1: i64 id
}
