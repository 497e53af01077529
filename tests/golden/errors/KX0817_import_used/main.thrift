include "base.thrift"

struct User {
  1: i64 id
}
