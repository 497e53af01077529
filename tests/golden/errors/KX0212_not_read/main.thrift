include "absent.thrift"
include "other.thrift"

struct Mine {
  1: absent.Thing thing
  2: other.Yours yours
}
