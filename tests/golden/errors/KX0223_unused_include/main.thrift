include "shared.thrift"

struct User {}
