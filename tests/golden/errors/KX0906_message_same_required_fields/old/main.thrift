struct User {
  1: required i64 id
  2: required string name
  3: string email
}
