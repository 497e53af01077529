namespace py demo

struct User {
  1: i64 id (vt.min_size = "1", vt.gte = "0")
  2: list<string> tags (vt.elem = "x", vt.elem.max_sise = "3", vt.max_size.x = "1")
  3: uuid key (vt.const = "1")
  4: map<string, User> friends (vt.elem.skip = "true")
} (vt.max = "1")
