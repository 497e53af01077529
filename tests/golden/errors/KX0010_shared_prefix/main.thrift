include "a/common.thrift"
include "b/common.thrift"

struct User {
  1: common.A a
  2: common.B b
}
