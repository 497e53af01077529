struct User {
  1: i64 id (range = 5)
  2: string name (max = "10") (min = "1")
  3: string mail (vt.max_size = "10"
  4: bool active (a: "b")
}
