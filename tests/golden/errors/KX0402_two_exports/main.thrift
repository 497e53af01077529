namespace py demo

include "names.thrift"

struct Name {
  1: names.Name name
}
