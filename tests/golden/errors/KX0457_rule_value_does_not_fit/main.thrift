namespace py demo

enum Color { RED = 1 }

struct User {
  1: i64 id (vt.gt = "zero", vt.lt = "9223372036854775808")
  2: string name (vt.pattern = "[a-z", vt.min_size = "-1")
  3: Color color (vt.const = "RED", vt.defined_only = "yes")
  4: double ratio (vt.in = "1", vt.in = "half")
}
