struct Samples {
  1: list<string> names (py.packed = "1")
  2: list<i64> times (py.packed = "1")
}
