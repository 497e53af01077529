include "shared.thrift"

struct User {
  1: base.Id id
  2: shard.Address home
}
