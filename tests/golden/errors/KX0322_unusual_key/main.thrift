struct Point {
  1: i32 x
}

struct Board {
  1: map<Point, string> names
  2: set<list<i32>> paths
  3: map<double, i32> weights
}
