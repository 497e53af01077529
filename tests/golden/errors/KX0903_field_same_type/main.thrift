struct Point {
  1: i32 x
}

struct Place {
  1: i32 x
}

struct User {
  1: Place home
}
