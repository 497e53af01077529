include "a/shared.thrift"
include "b/shared.thrift"

struct User {
  1: shared.Address home
}
