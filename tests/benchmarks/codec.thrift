// The payloads of the codec benchmark; every rival works from this file, too.
namespace py payloads

struct Small {
  1: bool b
  2: i8 y
  3: i16 h
  4: i32 i
  5: i64 l
  6: double d
  7: string s1
  8: string s2
  9: string s3
  10: i32 j
}

struct Leaf {
  1: i64 id
  2: string value
}

struct Mid {
  1: i64 id
  2: string value
  3: list<Leaf> leaves
}

struct Nested {
  1: string action
  2: string msg
  3: map<string, string> tags
  4: list<Leaf> items
  5: Mid flag
}

struct ListI64 { 1: list<i64> v }
struct ListI64Packed { 1: list<i64> v (py.packed = "1") }
struct ListDouble { 1: list<double> v }
struct Strings { 1: list<string> v }
struct Blob { 1: binary v }
struct MapStrI64 { 1: map<string, i64> v }
struct ListStruct { 1: list<Small> v }
