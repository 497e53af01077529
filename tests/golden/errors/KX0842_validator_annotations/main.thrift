struct User {
  1: i64 age (vt.min_size = "1")
  2: list<string> tags (vt.max_size = "9", vt.elem.max_len = "20")
}
