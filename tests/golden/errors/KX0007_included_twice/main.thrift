include "base.thrift"
include "base.thrift"

struct User {
  1: base.Base base
}
