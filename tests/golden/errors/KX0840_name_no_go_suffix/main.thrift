struct LoginResult {
  1: i64 id
}
