struct User {
  string name
  i32 age
}

struct Mixed {
  i32 first
  1: i32 second
}
