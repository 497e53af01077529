union Target {
  1: i64 user
  2: i64 group
}
