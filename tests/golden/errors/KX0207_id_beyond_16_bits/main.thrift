struct User {
  65540: i32 far
  1: string name
}
