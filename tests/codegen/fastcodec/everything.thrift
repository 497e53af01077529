// Every type in every place where it is read or written by code of its own; names that generated code uses itself.
enum Color { RED = 1, GREEN = 2 }
typedef list<Color> Colors

struct Empty {}
struct Point { 1: i32 x, 2: i32 y, 3: string label }
struct Inner { 1: required string s, 2: optional i32 n = 7 }
struct Key { 1: required string name, 2: i32 n, 3: list<i32> path, 4: map<string, i64> sizes, 5: optional Key parent }
union Choice { 1: string text, 2: i64 number, 3: Key key, 4: list<string> words, 5: binary raw, 6: bool yes }
union KeyChoice { 1: i32 number, 2: string text }
exception Oops { 1: i32 code, 2: string message, 3: optional Inner inner }
struct Node { 1: i64 id, 2: optional Node next, 3: list<Node> children, 4: string l }
struct Numbers {
  1: bool b, 2: i8 i, 3: i16 j, 4: i32 k, 5: i64 l, 6: double d, 7: bool b2, 8: i8 i2, 9: i16 j2, 10: i32 k2, 11: i64 l2,
  12: double d2, 300: bool last
}
struct Texts { 1: string one, 2: binary two, 3: required string three, 4: required binary four, 5: Color color, 6: string five }
struct Optionals {
  1: optional bool b, 2: optional i8 i, 3: optional i16 j, 4: optional i32 k, 5: optional i64 l, 6: optional double d,
  7: optional string s, 8: optional binary bin, 9: optional Color c, 10: optional uuid u, 11: optional list<i32> numbers,
  12: optional Inner inner, 13: optional map<string, string> m
}
struct Defaults {
  1: optional bool b = true, 2: optional i8 i = -3, 3: optional double d = 1.5, 4: optional string s = "a text that is long enough",
  5: optional binary bin = "raw", 6: optional Color c = Color.GREEN, 7: optional list<string> names = ["a", "b"],
  8: i32 k = 9, 9: string word = "word", 10: list<i32> numbers = [1, 2], 11: Inner inner = {"s": "given"}
}
struct Containers {
  1: list<bool> bools, 2: list<double> doubles, 3: list<binary> raws, 4: list<uuid> ids, 5: Colors colors, 6: set<i16> shorts,
  7: set<string> words, 8: set<Key> keys, 9: map<string, string> texts, 10: map<Key, list<Inner>> by_key,
  11: list<list<i64>> table, 12: map<i32, map<string, double>> nested, 13: list<i64> packed (py.packed), 14: list<Empty> empties,
  15: map<Color, bool> switches, 16: list<map<string, string>> maps, 17: map<uuid, binary> blobs, 18: set<set<i32>> sets,
  19: list<Point> points, 20: list<Node> nodes, 21: map<KeyChoice, Choice> choices, 22: list<i8> bytes_, 23: set<bool> flags,
  24: list<Numbers> many, 25: list<Texts> texts2, 26: set<Color> color_set, 27: map<string, Point> named, 28: set<uuid> id_set
}
struct data { 1: string data, 2: string at, 3: list<i32> record, 4: i32 pieces, 5: string len, 6: string new, 7: i32 size }
struct Pieces { 1: list<data> write_data, 2: data skip, 3: string TEXT, 4: Heads Heads }
struct Heads { 1: optional string Any, 2: bool Final, 3: string TypeError }
struct Uses { 1: required Containers containers, 2: Pieces pieces, 3: list<Oops> oopses, 4: required Point point, 5: uuid id }
service Svc { Uses call(1: Uses req, 2: string s, 3: i32 n) throws (1: Oops oops), oneway void fire(1: Key k), void nop() }
