include "main.thrift"

struct Shop {}
