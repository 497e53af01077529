struct User {
  1: i64 id
  3: required string email
  4: required i32 age
}
