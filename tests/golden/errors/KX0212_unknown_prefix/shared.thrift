include "base.thrift"

struct Address {
  1: base.Id id
}
