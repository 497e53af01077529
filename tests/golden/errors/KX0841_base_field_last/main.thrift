include "base.thrift"

struct GetUserRequest {
  1: i64 id
  2: optional base.Base base
}
