include "main.thrift"

struct Order {}
