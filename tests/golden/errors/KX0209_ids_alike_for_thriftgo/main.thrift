struct User {
  0x1: string name
  0x2: i32 age
}
