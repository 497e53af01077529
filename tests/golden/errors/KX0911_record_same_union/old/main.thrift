struct Target {
  1: optional i64 user
  2: optional i64 group
}
