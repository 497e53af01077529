namespace py demo

struct User {
  1: string name (vt.max_size = "$limt", vt.min_size = "$tags")
  2: i32 limit (vt.gt = "@length($tags)", vt.lt = "@len($limit)", vt.le = "@add($limit")
  3: list<string> tags (vt.min_size = "@mod(5, 0)")
  4: string label (vt.const = "@sprintf('%d%s', $limit)", vt.prefix = "@add($name, 1)")
} (vt.assert = "true", vt.assert = "@len($tags)")
