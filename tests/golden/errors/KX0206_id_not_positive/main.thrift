struct User {
  -1: i32 internal
  1: string name
}
