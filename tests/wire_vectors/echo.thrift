enum Color { RED = 1, GREEN = 2 }
struct Inner { 1: required string s, 2: optional i32 n = 7 }
struct Req { 1: string msg, 2: i32 n, 3: optional string opt, 4: required i64 id, 5: bool b, 6: list<string> l,
  7: map<string,i32> m, 8: set<i16> st, 9: Inner inner, 10: Color c, 11: double d, 12: binary bin, 13: byte by,
  14: optional bool ob = true, 15: optional list<i32> ol, 16: string defs = "dv" }
struct Resp { 1: string msg, 2: optional i32 n }
struct Small { 1: string msg }
exception Ex { 1: i32 code, 2: string msg }
service Echo {
  Resp echo(1: Req req) throws (1: Ex e)
  string hello(1: string name)
  void nop()
  oneway void fire(1: string s)
  Small small(1: Small req) throws (1: Ex e)
}
// V22
struct MockReq { 1: string Msg, 2: map<string, string> strMap, 3: list<string> strList }
// V21
struct Compact { 1: string name, 2: bool yes, 20: i32 i, 21: list<i64> l, 22: map<string, bool> m, 23: double d }
