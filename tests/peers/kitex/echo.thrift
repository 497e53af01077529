// The IDL of the golden vectors: what was recorded on the wire was said in these words. Changing a type here
// makes the vectors wrong; what they do not cover is asked in probe.thrift.

namespace go echo

enum Color {
  RED = 1
  GREEN = 2
}

struct Inner {
  1: required string s
  2: optional i32 n = 7
}

struct Req {
  1: string msg
  2: i32 n
  3: optional string opt
  4: required i64 id
  5: bool b
  6: list<string> l
  7: map<string, i32> m
  8: set<i16> st
  9: Inner inner
  10: Color c
  11: double d
  12: binary bin
  13: byte by
  14: optional bool ob = true
  15: optional list<i32> ol
  16: string defs = "dv"
}

struct Resp {
  1: string msg
  2: optional i32 n
}

struct Small {
  1: string msg
}

exception Ex {
  1: i32 code
  2: string msg
}

service Echo {
  // Gives `msg` and `n` back. By `msg`: "boom" raises Ex, "fail" fails plainly, "biz" ends with a business status,
  // "panic" panics.
  Resp echo(1: Req req) throws (1: Ex e)
  // "hi " and the name.
  string hello(1: string name)
  void nop()
  oneway void fire(1: string s)
  // "re:" and the message.
  Small small(1: Small req) throws (1: Ex e)
  // Each message comes back as `small` would answer it.
  Small bidi(1: Small req) (streaming.mode="bidirectional")
  Small un(1: Small req) (streaming.mode="unary")
}
