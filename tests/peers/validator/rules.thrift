// The rules of tests/plugins/validator that thrift-gen-validator makes compiling Go of.
namespace py demo
namespace go demo

include "base.thrift"

enum Color { RED = 1, GREEN = 2 }

typedef string Name

struct Account {
  1: required i64 id (vt.gt = "0", vt.not_in = "13", vt.not_in = "0x1a")
  2: Name name (vt.min_size = "2", vt.max_size = "$limit", vt.max_rune_size = "6", vt.pattern = "^[a-zé]+$")
  3: i64 limit = 8
  4: optional string nick (vt.prefix = "@", vt.not_contains = " ", vt.not_nil = "false")
  5: binary blob (vt.contains = "x", vt.max_size = "4")
  6: Color color = Color.RED (vt.defined_only = "true", vt.in = "Color.RED", vt.in = "Color.GREEN")
  7: base.Kind kind = base.Kind.A
  8: bool from (vt.const = "true")
  9: optional double ratio (vt.ge = "0.5", vt.lt = "8.5")
  10: list<string> tags (vt.max_size = "3", vt.elem.min_size = "1", vt.elem.suffix = "$suffix")
  11: optional string suffix
  12: optional set<i32> numbers (vt.min_size = "1", vt.elem.lt = "100")
  13: map<string, list<i64>> table (vt.key.min_size = "1", vt.value.elem.ge = "$least", vt.value.max_size = "2")
  14: optional i64 least
  15: map<i32, base.Owner> owners (vt.no_sparse = "true", vt.value.skip = "false")
  16: base.Owner owner
  17: base.Owner unchecked (vt.skip = "true")
  18: optional string needed (vt.not_nil = "true")
  19: string label (vt.const = "@sprintf('%s-%d', $name, $limit)")
  20: optional i64 expires (vt.gt = "@now_unix_nano()")
  21: i64 step = 1
} (vt.assert = "@equal(@mod($limit, $step), 0)")

union Choice {
  1: string text (vt.min_size = "1")
  2: list<i32> numbers (vt.min_size = "1")
  3: Account account
}

exception Refused {
  1: i32 code (vt.ge = "400", vt.le = "599")
}

struct Tree {
  1: list<Tree> children (vt.elem.skip = "false")
  2: string name (vt.min_size = "1")
}

struct Plain {
  1: i64 id
}

service Accounts {
  Account Open(1: Account account, 2: Plain plain) throws (1: Refused refused)
}
