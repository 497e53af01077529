"""The files that the tests of features ask about, one set for each language."""

THRIFT = {
    "base.thrift": """namespace py demo.base

/** The colour of a thing. */
enum Color { RED = 1, GREEN, BLUE = 7 }

/** What all requests have. */
struct Base {
  1: string id (api.query = "id")
  2: optional i64 at
}

const i32 LIMIT = 10
""",
    "main.thrift": """namespace py demo
include "base.thrift"

typedef base.Color Shade

/** Somebody who signed up. */
struct User {
  1: required i64 id
  2: string name = "x"
  3: base.Color color = base.Color.RED
  4: i32 limit = base.LIMIT
  5: optional User boss
}

exception Oops { 1: string why }

service Users {
  /** Finds one. */
  User get(1: i64 id) throws (1: Oops oops)
}

const User ROOT = {"id": 1, "name": "root"}
""",
}

PROTO = {
    "shared/base.proto": """syntax = "proto3";
package demo.shared;
import "google/protobuf/descriptor.proto";

// The colour of a thing.
enum Color {
  COLOR_UNSPECIFIED = 0;
  COLOR_RED = 1;
}

message Base {
  string id = 1;
  message Inner { int32 n = 1; }
}

message Rule {
  int32 max = 1;
  Color color = 2;
}

extend google.protobuf.FieldOptions { Rule rule = 50001; }
""",
    "main.proto": """syntax = "proto3";
package demo.user;
import "shared/base.proto";

// Somebody who signed up.
message User {
  int64 id = 1 [deprecated = true];
  repeated sint32 scores = 2;
  demo.shared.Color color = 3 [(demo.shared.rule).max = 3];
  shared.Base.Inner inner = 4 [(demo.shared.rule) = { max: 1 color: COLOR_RED }];
  map<string, User> friends = 5;
}

message GetRequest { int64 id = 1; }

service Users {
  rpc Get(GetRequest) returns (stream User);
}
""",
}
