include "a/limits.thrift"
include "b/limits.thrift"

const i32 LIMIT = 1
