include "common/base.thrift"

struct User {
  1: base.Base base
}
