struct Point {
  1: i32 x
}

struct Board {
  1: map<Point, string> pieces
}
